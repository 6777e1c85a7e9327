"""The words that a made-up ecosystem is described with."""

from __future__ import annotations

FIRST = (
    "Alder", "Amber", "Arbor", "Ash", "Beacon", "Birch", "Bluff", "Bramble", "Bright", "Brook",
    "Cedar", "Cinder", "Clear", "Cliff", "Clover", "Cobalt", "Coral", "Crest", "Dale", "Delta",
    "Drift", "Dune", "Ember", "Fern", "Field", "Finch", "Fjord", "Flint", "Gale", "Garnet",
    "Glen", "Grove", "Haven", "Hazel", "Heron", "Hollow", "Indigo", "Iron", "Ivory", "Juniper",
    "Kestrel", "Lark", "Laurel", "Linden", "Maple", "Marsh", "Meadow", "Mesa", "North", "Oak",
    "Ocean", "Opal", "Osprey", "Pine", "Quarry", "Raven", "Reed", "River", "Rowan", "Sable",
)
SECOND = (
    "Analytics", "Bakeries", "Biotech", "Brands", "Builders", "Capital", "Care", "Cargo",
    "Catering", "Ceramics", "Clinics", "Components", "Credit", "Dairy", "Dental", "Dynamics",
    "Electric", "Energy", "Express", "Farms", "Fashion", "Finance", "Fittings", "Foods",
    "Foundry", "Freight", "Furniture", "Gas", "Glass", "Goods", "Hardware", "Health", "Homes",
    "Hotels", "Instruments", "Insurance", "Interiors", "Labs", "Lighting", "Lines", "Logistics",
    "Machines", "Markets", "Materials", "Media", "Metals", "Mills", "Mobility", "Motors",
    "Networks", "Optics", "Outfitters", "Packaging", "Paper", "Pharma", "Power", "Press",
    "Properties", "Rail", "Retail",
)
INDUSTRIES = ("financial services", "healthcare", "logistics", "manufacturing", "media",
              "public sector", "retail", "software")
INDUSTRY_WEIGHTS = (14, 12, 13, 17, 8, 6, 16, 14)

REGIONS = ("North America", "EMEA", "APAC", "LATAM")
COUNTRIES = ("US", "CA", "GB", "DE", "FR", "NL", "AU", "SG", "IN", "BR", "MX")
COUNTRY_REGION = (0, 0, 1, 1, 1, 1, 2, 2, 2, 3, 3)
COUNTRY_WEIGHTS = (44, 7, 11, 8, 6, 4, 6, 3, 4, 4, 3)
CURRENCIES = ("USD", "EUR", "GBP")
COUNTRY_CURRENCY = (0, 0, 2, 1, 1, 1, 0, 0, 0, 0, 0)

PRODUCTS = ("Harbor Core", "Harbor Insights", "Harbor Automate", "Loyalty credit")
"""One per kind of line; the last is the credit, a negative line."""
FEATURES = ("reports", "automation", "api", "mobile")
MARKETPLACES = ("CloudShelf", "StackBazaar")

PARTNER_FIRST = (
    "Acorn", "Bayside", "Cobblestone", "Dovetail", "Evergreen", "Foxglove", "Greywater",
    "Hilltop", "Inlet", "Jetty", "Keystone", "Lantern", "Millrace", "Nightingale", "Orchard",
    "Pebble", "Quill", "Ridgeway", "Saltmarsh", "Tideline", "Upland", "Vantage", "Wayfarer",
    "Yarrow", "Zephyr",
)
PARTNER_SECOND = {
    "technology": "Software", "services": "Services", "system_integrator": "Integration",
    "agency": "Agency", "reseller": "Resellers", "distributor": "Distribution",
    "referral": "Advisors", "alliance": "Alliance", "marketplace": "Marketplace",
    "training": "Academy", "data": "Data",
}
