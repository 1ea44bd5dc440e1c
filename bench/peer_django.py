"""The whole path with django-import-export: as its manual shows it, and with every switch set for speed."""

from typing import Any
from urllib.parse import urlparse

import django
from django.conf import settings

_MODULE = __name__


def start(database_url: str) -> None:
    """Configure Django for the bench's database; once in a process, before anything else here is used."""
    url = urlparse(database_url)
    settings.configure(
        INSTALLED_APPS=["import_export"],
        USE_TZ=True,
        SECRET_KEY="bench",
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": url.path.removeprefix("/"),
                "USER": url.username,
                "PASSWORD": url.password,
                "HOST": url.hostname,
                "PORT": url.port,
            }
        },
    )
    django.setup()


def resources() -> tuple[Any, Any]:
    """Return the resource classes: as usually written, and tuned."""
    from decimal import Decimal  # noqa: PLC0415 - models exist only after start()

    from django.core.validators import MaxValueValidator, MinValueValidator  # noqa: PLC0415
    from django.db import models  # noqa: PLC0415
    from import_export import resources as import_export  # noqa: PLC0415

    class Category(models.Model):
        category_name = models.CharField(max_length=100, primary_key=True)

        class Meta:
            app_label = "import_export"
            db_table = "product_categories"
            managed = False

    class Product(models.Model):
        product_id = models.BigAutoField(primary_key=True)
        vendor_id = models.CharField(max_length=50)
        upload_id = models.CharField(max_length=50)
        row_number = models.IntegerField()
        vendor_product_id = models.CharField(max_length=100)
        product_name = models.CharField(max_length=200)
        category = models.ForeignKey(Category, models.PROTECT, db_column="category")
        subcategory = models.CharField(max_length=100, null=True, blank=True)
        description = models.CharField(max_length=2000, null=True, blank=True)
        sku = models.CharField(max_length=100, unique=True)
        brand = models.CharField(max_length=100, null=True, blank=True)
        price = models.DecimalField(
            max_digits=10,
            decimal_places=2,
            validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(Decimal("999999.99"))],
        )
        compare_at_price = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
        stock_quantity = models.IntegerField(validators=[MinValueValidator(0), MaxValueValidator(1_000_000)])
        unit = models.CharField(max_length=50, null=True, blank=True)
        weight_kg = models.DecimalField(max_digits=10, decimal_places=3, null=True, blank=True)
        dimensions_cm = models.CharField(max_length=50, null=True, blank=True)
        image_url = models.CharField(max_length=2048, null=True, blank=True)

        class Meta:
            app_label = "import_export"
            db_table = "products"
            managed = False

    columns = [field.name for field in Product._meta.fields if field.name != "product_id"]

    class Usual(import_export.ModelResource):
        class Meta:
            model = Product
            fields = columns
            import_id_fields = ("sku",)
            clean_model_instances = True

    class Tuned(import_export.ModelResource):
        class Meta:
            model = Product
            fields = columns
            import_id_fields = ("sku",)
            clean_model_instances = False  # it asks the database about every unique field of every row
            force_init_instance = True  # no look-up of each SKU: all rows are new
            use_bulk = True
            batch_size = 1000
            skip_diff = True
            skip_html_diff = True
            use_transactions = True

    return Usual, Tuned


def run(resource_class: Any, rows: list[dict[str, str]]) -> int:
    """Import rows and return how many were added; bad rows are collected by the library, not fatal."""
    import tablib  # noqa: PLC0415 - comes with the library

    headers = list(rows[0])
    dataset = tablib.Dataset(*[[row[name] for name in headers] for row in rows], headers=headers)
    result = resource_class().import_data(dataset, dry_run=False, raise_errors=False, collect_failed_rows=True)
    return int(result.totals["new"])
