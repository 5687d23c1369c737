import time
import pytest
from tests import county

@pytest.mark.django_db(transaction=True)
def test_time():
    t=time.time()
    def lap(w):
        nonlocal t
        print(w, round(time.time()-t,2)); t=time.time()
    county.set_up(); lap("setup")
    r=county.load(county.OFFICE,"--dry-run"); lap("dry")
    r=county.load(county.OFFICE); lap("load"); print({k:v for k,v in r.items() if k not in("understood",)})
    county.both(); lap("both")
    print(county.decide(county.REVIEWS)); lap("d1")
    print(county.decide(county.PARTY)); lap("d2")
    print(county.decide(county.GOVERNMENT)); lap("d3")
    print(county.close()); lap("close")
    county.both(); lap("both")
    from tests.conftest import _restore
    _restore(); lap("restore")
