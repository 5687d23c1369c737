"""What a session holds beside Django's own keys."""

SIGNED_IN_AT = "signed_in_at"  # ISO moment of the real clock
POST = "post"  # id of the post acted in
COUNTY = "county"  # id of the county that a superior looks at
SECOND_FACTOR = "second_factor"  # ISO moment at which the device was bound that this session has proved
