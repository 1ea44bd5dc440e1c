"""Registers vendors on the running stack, the way an operator does: by invoking the vendor registrar."""

import json
from contextlib import closing
from dataclasses import asdict, dataclass

import psycopg2

from local.environment import StackEnvironment
from local.errors import LocalStackError
from local.settings import SERVICE, STAGE


@dataclass(frozen=True, slots=True)
class Vendor:
    """What the vendor registrar wants to know."""

    vendor_id: str
    vendor_name: str
    email: str


SAMPLE_VENDORS = (
    Vendor("VEND001", "TechGear Direct", "uploads@techgear-direct.example"),
    Vendor("VEND002", "Nordic Audio", "catalogue@nordic-audio.example"),
    Vendor("VEND003", "Paper & Pixel", "products@paper-and-pixel.example"),
)


def register(environment: StackEnvironment, vendor: Vendor) -> None:
    """Register the vendor, which may be known already; raise LocalStackError with the registrar's answer."""
    response = environment.client("lambda").invoke(
        FunctionName=f"{SERVICE}-{STAGE}-vendor-registrar",
        Payload=json.dumps(asdict(vendor)).encode(),
    )
    answer = response["Payload"].read().decode(errors="replace")
    if "FunctionError" in response:
        raise LocalStackError(f"The vendor registrar refused {vendor.vendor_id}: {answer}")


def register_samples(environment: StackEnvironment) -> None:
    """Register the vendors of the sample files, except those that are known: an operator may have changed them."""
    with closing(psycopg2.connect(environment.database_url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT vendor_id FROM vendors")
        known = {row[0] for row in cursor.fetchall()}
    for vendor in SAMPLE_VENDORS:
        if vendor.vendor_id not in known:
            register(environment, vendor)
