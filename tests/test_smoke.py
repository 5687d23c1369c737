def test_world(world):
    assert world.a.rows["claim"]
