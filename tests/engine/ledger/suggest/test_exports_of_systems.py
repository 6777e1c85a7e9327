"""Exports in the shape of each system: what a person who knows it would map.

The tables are made up; their columns are those of the systems' own object references. What is
expected was written down from those references before anything was proposed.
"""
# ruff: noqa: E501 - a row of an export stays on its line.

from __future__ import annotations

import pytest
from small_exports import map_of, proposed, raw_columns

SYSTEMS: dict[str, dict[str, str]] = {
    "salesforce": {
        "Account": """
            Id,Name,Website,Industry,BillingCountry,NumberOfEmployees,ParentId,Type,CreatedDate,IsDeleted
            001A,Acme Freight,acme.example,Logistics,US,120,,Customer,2021-03-01T10:00:00Z,false
            001B,Blue Health,blue.example,Health,DE,80,001A,Customer,2021-04-01T10:00:00Z,false
            001P,North Data,north.example,Software,US,300,,Technology Partner,2020-01-01T10:00:00Z,false
            001Q,Kestrel,kestrel.example,Services,US,30,,Reseller,2020-01-01T10:00:00Z,true
        """,
        "Opportunity": """
            Id,AccountId,Name,Type,Amount,CloseDate,CreatedDate,StageName,IsClosed,IsWon,LeadSource,PartnerAccountId
            006A,001A,Acme one,New Business,12000,2022-01-31,2021-11-01T10:00:00Z,Closed Won,true,true,Partner Referral,001P
            006B,001A,Acme two,Upsell,5000,2022-09-30,2022-05-01T10:00:00Z,Closed Lost,true,false,Web,
            006C,001B,Blue one,New Business,8000,2023-01-31,2022-11-01T10:00:00Z,Negotiation,false,false,Web,001P
        """,
        "OpportunityPartner": """
            Id,OpportunityId,AccountToId,Role,IsPrimary,CreatedDate
            00IA,006A,001P,Technology Partner,true,2021-11-02T10:00:00Z
            00IB,006B,001P,System Integrator,false,2022-05-02T10:00:00Z
            00IC,006C,001Q,Reseller,true,2022-11-02T10:00:00Z
        """,
    },
    "hubspot": {
        "companies": """
            Record ID,Company name,Company Domain Name,Industry,Create Date,Country/Region
            101,Acme Freight,acme.example,Logistics,2021-03-01 10:00,US
            102,Blue Health,blue.example,Health,2021-04-01 11:00,DE
        """,
        "deals": """
            Record ID,Deal Name,Deal Stage,Deal Type,Amount,Close Date,Create Date,Associated Company ID
            900,Acme one,Closed Won,newbusiness,12000,2022-01-31 10:00,2021-11-01 10:00,101
            901,Blue one,Closed Lost,existingbusiness,500,2022-02-28 10:00,2021-12-01 10:00,102
            902,Blue two,Qualified to buy,newbusiness,700,2022-06-30 10:00,2022-03-01 10:00,102
        """,
        "tickets": """
            properties.hs_object_id,properties.createdate,properties.closed_date,properties.hs_ticket_priority,associated_company_id
            55,2022-01-01T10:00:00Z,2022-01-03T10:00:00Z,HIGH,101
            56,2022-02-01T10:00:00Z,,LOW,102
        """,
    },
    "stripe": {
        "customers": """
            id,name,email,created,currency,livemode,delinquent
            cus_A,Acme Freight,ap@acme.example,1614592800,usd,true,false
            cus_B,Blue Health,ap@blue.example,1617271200,usd,true,false
        """,
        "subscriptions": """
            id,customer,status,start_date,ended_at,quantity,currency,plan.amount,livemode
            sub_A,cus_A,active,1614592800,,10,usd,10000,true
            sub_B,cus_B,canceled,1617271200,1648807200,5,usd,9900,true
        """,
    },
    "chargebee": {
        "customers": """
            customer.id,customer.company,customer.created_at,customer.email
            16A,Acme Freight,2021-03-01,ap@acme.example
            16B,Blue Health,2021-04-01,ap@blue.example
        """,
        "subscriptions": """
            id,customer_id,plan_id,plan_quantity,currency_code,mrr,started_at,cancelled_at,status
            s-1,16A,growth,10,USD,100.00,2021-03-01,,active
            s-2,16B,scale,5,USD,99.00,2021-04-01,2022-04-01,cancelled
        """,
    },
    "recurly": {
        "accounts": """
            id,code,company,state,email,created_at,updated_at
            aa1,acme,Acme Freight,active,ap@acme.example,2021-03-01T10:00:00Z,2022-03-01T10:00:00Z
            aa2,blue,Blue Health,active,ap@blue.example,2021-04-01T10:00:00Z,2022-04-01T10:00:00Z
        """,
        "subscriptions": """
            id,account_id,plan_code,state,activated_at,canceled_at,expires_at,currency,unit_amount,quantity,auto_renew
            ss1,aa1,growth,active,2021-03-01T10:00:00Z,,,USD,100.0,1,true
            ss2,aa2,scale,expired,2021-04-01T10:00:00Z,2022-01-15T10:00:00Z,2022-04-01T10:00:00Z,USD,99.0,2,false
        """,
    },
    "zendesk": {
        "organizations": """
            id,name,domain_names,created_at,updated_at,external_id
            3701,Acme Freight,acme.example,2021-03-01T10:00:00Z,2022-03-01T10:00:00Z,
            3702,Blue Health,blue.example,2021-04-01T10:00:00Z,2022-04-01T10:00:00Z,
        """,
        "tickets": """
            id,organization_id,requester_id,created_at,solved_at,priority,status,subject
            1,3701,9001,2022-01-01T10:00:00Z,2022-01-03T10:00:00Z,urgent,solved,Login
            2,3702,9002,2022-02-01T10:00:00Z,,low,open,Export
        """,
    },
    "gainsight": {
        "company": """
            Gsid,Name,Industry,CSM,CustomerSince,ARR,Users,Stage
            1P01,Acme Freight,Logistics,csm-7,2021-03-01,12000,10,Adopting
            1P02,Blue Health,Health,csm-8,2021-04-01,8000,5,Adopting
        """,
        "call_to_action": """
            Cta Id,Company Id,Playbook Name,Created Date,Closed Date,Status
            c-1,1P01,Onboarding,2021-03-02,2021-05-01,Closed
            c-2,1P02,Renewal risk,2022-01-02,,Open
        """,
    },
    "partnerstack": {
        "partnerships": """
            key,team.name,email,group.name,joined_at,partner_key
            part_1,North Data,ann@north.example,Referral partners,2020-01-01T10:00:00Z,p1
            part_2,Kestrel,bob@kestrel.example,Resellers,2020-02-01T10:00:00Z,p2
        """,
        "deals": """
            key,partner_key,account_name,amount,stage,created_at,close_date
            d-1,p1,Acme Freight,12000,won,2021-11-01T10:00:00Z,2022-01-31T10:00:00Z
            d-2,p2,Blue Health,500,lost,2021-12-01T10:00:00Z,2022-02-28T10:00:00Z
        """,
    },
    "crossbeam": {
        "partners": """
            id,uuid,name,domain,clearbit_domain
            71,u-71,North Data,north.example,north.example
            72,u-72,Kestrel,kestrel.example,kestrel.example
        """,
        "record_accounts": """
            record_id,record_name,record_website,crossbeam_record_id
            001A,Acme Freight,acme.example,x-1
            001B,Blue Health,blue.example,x-2
        """,
    },
    "impartner": {
        "partner_accounts": """
            Id,Account Name,Website,Partner Type,Partner Level,Created,Region
            51,North Data,north.example,ISV,Gold,2020-01-01,NA
            52,Kestrel,kestrel.example,Reseller,Silver,2020-02-01,EMEA
        """,
        "deal_registrations": """
            Id,Partner Account Id,Customer Name,Status,Submitted Date,Approved Date,Expiration Date,Estimated Value
            r-1,51,Acme Freight,Approved,2021-10-01,2021-10-05,2022-04-01,12000
            r-2,52,Blue Health,Declined,2021-11-01,2021-11-04,,500
        """,
    },
}

EXPECTED: list[tuple[str, str, str, str]] = [
    (
        "salesforce",
        "Account",
        "account",
        (
            "account_id=Id name=Name domain=Website industry=Industry country=BillingCountry "
            "employees=NumberOfEmployees parent_account_id=ParentId created_on=CreatedDate"
        ),
    ),
    (
        "salesforce",
        "Opportunity",
        "opportunity",
        (
            "opportunity_id=Id account_id=AccountId kind=Type amount=Amount created_on=CreatedDate "
            "stage=StageName lead_source=LeadSource"
        ),
    ),
    (
        "salesforce",
        "OpportunityPartner",
        "involvement",
        (
            "involvement_id=Id partner_id=AccountToId role=Role opportunity_id=OpportunityId "
            "starts_on=CreatedDate"
        ),
    ),
    (
        "hubspot",
        "companies",
        "account",
        (
            "account_id=Record ID|name=Company name|domain=Company Domain Name|industry=Industry"
            "|created_on=Create Date|country=Country/Region"
        ),
    ),
    (
        "hubspot",
        "deals",
        "opportunity",
        (
            "opportunity_id=Record ID|account_id=Associated Company ID|kind=Deal Type|amount=Amount"
            "|created_on=Create Date|stage=Deal Stage|outcome=Deal Stage"
        ),
    ),
    (
        "hubspot",
        "tickets",
        "ticket",
        (
            "ticket_id=properties.hs_object_id account_id=associated_company_id "
            "opened_at=properties.createdate closed_at=properties.closed_date "
            "severity=properties.hs_ticket_priority"
        ),
    ),
    ("stripe", "customers", "account", "account_id=id name=name created_on=created"),
    (
        "stripe",
        "subscriptions",
        "subscription",
        (
            "subscription_id=id account_id=customer starts_on=start_date ends_on=ended_at "
            "currency=currency seats=quantity"
        ),
    ),
    (
        "chargebee",
        "customers",
        "account",
        "account_id=customer.id name=customer.company created_on=customer.created_at",
    ),
    (
        "chargebee",
        "subscriptions",
        "subscription",
        (
            "subscription_id=id account_id=customer_id product=plan_id starts_on=started_at "
            "ends_on=cancelled_at currency=currency_code seats=plan_quantity"
        ),
    ),
    ("recurly", "accounts", "account", "account_id=id name=company created_on=created_at"),
    (
        "recurly",
        "subscriptions",
        "subscription",
        (
            "subscription_id=id account_id=account_id product=plan_code starts_on=activated_at "
            "ends_on=expires_at currency=currency seats=quantity auto_renew=auto_renew"
        ),
    ),
    ("zendesk", "organizations", "account", "account_id=id name=name domain=domain_names"),
    (
        "zendesk",
        "tickets",
        "ticket",
        (
            "ticket_id=id account_id=organization_id opened_at=created_at closed_at=solved_at "
            "severity=priority"
        ),
    ),
    (
        "gainsight",
        "company",
        "account",
        "account_id=Gsid name=Name industry=Industry csm_key=CSM created_on=CustomerSince",
    ),
    (
        "gainsight",
        "call_to_action",
        "play_run",
        (
            "play_run_id=Cta Id|account_id=Company Id|play=Playbook Name|starts_on=Created Date"
            "|completed_on=Closed Date"
        ),
    ),
    (
        "partnerstack",
        "partnerships",
        "partner",
        "name=team.name kinds=group.name joined_on=joined_at",
    ),
    (
        "partnerstack",
        "deals",
        "opportunity",
        "opportunity_id=key amount=amount created_on=created_at stage=stage outcome=stage",
    ),
    ("crossbeam", "partners", "partner", "partner_id=id name=name domain=domain"),
    (
        "crossbeam",
        "record_accounts",
        "account",
        "account_id=record_id name=record_name domain=record_website",
    ),
    (
        "impartner",
        "partner_accounts",
        "partner",
        (
            "partner_id=Id|name=Account Name|domain=Website|kinds=Partner Type|tier=Partner Level"
            "|joined_on=Created|region=Region"
        ),
    ),
    (
        "impartner",
        "deal_registrations",
        "registration",
        (
            "registration_id=Id|partner_id=Partner Account Id|status=Status"
            "|submitted_at=Submitted Date|decided_at=Approved Date|protected_until=Expiration Date"
            "|estimated_amount=Estimated Value"
        ),
    ),
]


def pairs(text: str) -> dict[str, str]:
    """column=raw, parted by bars where names hold spaces."""
    return dict(each.split("=", 1) for each in text.split("|" if "|" in text else None))


@pytest.mark.parametrize(("source", "table", "entity", "columns"), EXPECTED)
def test_a_table_is_proposed_as_a_person_would_map_it(
    source: str, table: str, entity: str, columns: str
) -> None:
    row = map_of(proposed(source, SYSTEMS[source]), table)
    assert row.entity == entity
    found = raw_columns(row)
    assert {name: found.get(name) for name in pairs(columns)} == pairs(columns)


@pytest.mark.parametrize("source", sorted(SYSTEMS))
def test_no_table_of_the_systems_is_taken_for_something_else(source: str) -> None:
    suggestion = proposed(source, SYSTEMS[source])
    own = {(row.table, row.entity) for row in suggestion.maps if row.name is None}
    assert own == {(table, entity) for of, table, entity, _ in EXPECTED if of == source}
