"""Where Fulfillment.com itself is. Contract fulfillment_com, section 2: it may be two hosts."""

API = "https://api.fulfillment.com/v2/"
TOKENS = "https://api.fulfillment.com/v2/oauth/access_token"
