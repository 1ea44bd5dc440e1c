"""The shapes of what the API takes and gives: described here and nowhere else; `openapi.json` is made from them."""

import base64
import re
import unicodedata
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, ConfigDict, Field

from api.shapes import NEXT_CURSOR as _NEXT_CURSOR
from api.shapes import Document as _Document
from api.shapes import Given as _Given
from onboarding.api_keys import LABEL, MAX_LABEL_LENGTH
from onboarding.intake.limits import MAX_FILE_BYTES

UPLOAD_ID = re.compile(r"UPLOAD_[0-9]{8}_[0-9]{6}_[0-9a-f]{8}", re.ASCII)
UPLOAD_ID_EXAMPLE = "UPLOAD_20261121_103045_0a1b2c3d"
MAX_FILE_NAME = 200
MAX_CORRECTIONS = 10
_CURSOR = "What `next_cursor` of the answer before said; leave it out for the first page."


def _file_name(name: str) -> str:
    if "/" in name or "\\" in name:
        raise ValueError("A file name has no slashes. Give the name without its folder.")
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in name):
        raise ValueError("A file name has no control characters and no line breaks.")
    if not name.strip(" ."):
        raise ValueError("A file name has more than spaces and dots.")
    return name


def _sha256(digest: str) -> str:
    if re.fullmatch(r"[0-9a-fA-F]{64}", digest, re.ASCII) is None:
        raise ValueError("A SHA-256 is written as 64 hexadecimal digits.")
    return digest.lower()


def _moment(text: object) -> object:
    # pydantic would take a number for seconds since 1970.
    if isinstance(text, str) and re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T", text, re.ASCII) is None:
        raise ValueError("A time is written as 2026-11-21T10:30:45Z, with Z or an offset at its end.")
    return text


def _upload_id(text: str) -> str:
    if UPLOAD_ID.fullmatch(text) is None:
        raise ValueError(f"An upload id is written as {UPLOAD_ID_EXAMPLE}.")
    return text


def _word(text: str) -> str:
    if re.fullmatch("[A-Za-z0-9_]+", text, re.ASCII) is None:
        raise ValueError("It is one word of letters, digits and underscores, as in an answer of this API.")
    return text


def _no_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("A search cannot contain the character NUL.")
    return text


_NAME_CHARACTER = r"[^/\\\u0000-\u001f\u007f-\u009f]"
FileName = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_FILE_NAME,
        description="The name of the file as the vendor knows it, without its folder.",
        json_schema_extra={"pattern": rf"^{_NAME_CHARACTER}*[^/\\\u0000-\u001f\u007f-\u009f .]{_NAME_CHARACTER}*$"},
    ),
    AfterValidator(_file_name),
]
Search = Annotated[
    str,
    Field(min_length=1, max_length=200, json_schema_extra={"pattern": r"^[^\u0000]+$"}),
    AfterValidator(_no_nul),
]
Word = Annotated[str, Field(max_length=100, json_schema_extra={"pattern": "^[A-Za-z0-9_]+$"}), AfterValidator(_word)]
Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]
Limit = Annotated[int, Field(ge=1, le=100, description="The most entries of one page.", examples=[50])]
Cursor = Annotated[str, Field(max_length=1000, description=_CURSOR)]


class Mode(StrEnum):
    """What an upload does to the catalogue."""

    IMPORT = "import"
    UPDATE = "update"


class RecordedMode(StrEnum):
    """What an upload did to the catalogue; `revert` is TechMart taking an earlier upload back."""

    IMPORT = "import"
    UPDATE = "update"
    REVERT = "revert"


class Status(StrEnum):
    """How far an upload is.

    `awaiting_file`: the file is not there yet. `expired`: it did not come in time. `processing`: its rows are being
    checked. `completed`: no row has errors. `partial`: some have. `failed`: no row was valid, or the file was refused.
    """

    AWAITING_FILE = "awaiting_file"
    EXPIRED = "expired"
    PROCESSING = "processing"
    COMPLETED = "completed"
    PARTIAL = "partial"
    FAILED = "failed"


class ProductStatus(StrEnum):
    """`inactive` products are kept and not shown to buyers."""

    ACTIVE = "active"
    INACTIVE = "inactive"


class Me(_Document):
    """Who the API takes the caller for."""

    role: Literal["vendor", "operator"] = Field(description="What the caller is for.", examples=["vendor"])
    vendor_id: str | None = Field(description="The caller's vendor; null for operators.", examples=["VEND001"])
    label: str = Field(description="E-mail address of a person, label of an API key.", examples=["shop system"])
    is_person: bool = Field(description="False for programs, which use an API key.", examples=[False])


class NewUpload(_Given):
    """A file that is about to be handed in."""

    model_config = ConfigDict(
        strict=True,
        json_schema_extra={
            "examples": [{"file_name": "products.csv", "size": 48213, "mode": "import", "preview": False}]
        },
    )

    file_name: FileName = Field(examples=["products.csv"])
    size: int = Field(
        ge=1,
        le=MAX_FILE_BYTES,
        description="Size of the file in bytes; the link takes exactly that many.",
        examples=[48213],
    )
    sha256: Annotated[str, AfterValidator(_sha256)] | None = Field(
        default=None,
        description="SHA-256 of the file in hexadecimal digits. With it the storage refuses a file that was damaged on "
        "its way.",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
        json_schema_extra={"pattern": "^[0-9a-fA-F]{64}$"},
    )
    mode: Mode = Field(
        default=Mode.IMPORT, description="`import` adds new products, `update` changes products that are there."
    )
    preview: bool = Field(default=False, description="True checks the file and changes nothing in the catalogue.")
    corrects_upload_id: Annotated[str, AfterValidator(_upload_id)] | None = Field(
        default=None,
        description="The earlier upload whose errors this file corrects, so that both are shown as one story.",
        examples=[UPLOAD_ID_EXAMPLE],
        json_schema_extra={"pattern": "^UPLOAD_[0-9]{8}_[0-9]{6}_[0-9a-f]{8}$"},
    )


class Put(_Document):
    """Where to put the file: one HTTP PUT with exactly these headers and the file as body."""

    method: Literal["PUT"] = Field(default="PUT", description="The HTTP method.")
    url: str = Field(description="The address; it takes one file once.", examples=["https://bucket.s3.amazonaws.com/…"])
    headers: dict[str, str] = Field(
        description="All of them must be sent as they are.",
        examples=[{"If-None-Match": "*", "Content-Length": "48213"}],
    )
    expires_at: datetime = Field(description="The upload must have begun by then.")


class CreatedUpload(_Document):
    """An upload that waits for its file."""

    upload_id: str = Field(description="Its id; everything about it is found by it.", examples=[UPLOAD_ID_EXAMPLE])
    status: Status = Field(description="`awaiting_file`, or how far it has come when the request was a repetition.")
    mode: Mode
    preview: bool = Field(description="As it was asked for.")
    put: Put


class Counts(_Document):
    """Rows of the file. `valid` and `errors` add up to `total` once the upload has ended."""

    total: int | None = Field(description="Rows of the file; null until it was read or when it was refused.")
    valid: int = Field(description="Rows that passed every rule.")
    errors: int = Field(description="Rows with at least one error.")
    changed: int | None = Field(default=None, description="Updates only: valid rows that changed their product.")
    unchanged: int | None = Field(default=None, description="Updates only: valid rows that say what is true already.")
    superseded: int | None = Field(
        default=None, description="Updates only: valid rows whose product a later upload has changed since."
    )


class Failure(_Document):
    """Why a file was refused, or an upload could not be finished."""

    code: str = Field(description="A code of `GET /columns`.", examples=["MISSING_COLUMNS"])
    message: str = Field(description="What is wrong and what to do.")


class NextStep(_Document):
    """What the vendor can do now."""

    action: Literal["put_file", "start_again", "wait", "fix_and_upload", "apply", "none"] = Field(
        description="For programs.", examples=["wait"]
    )
    text: str = Field(description="For people.", examples=["The rows are being checked. Ask again in a few seconds."])


class UploadDocument(_Document):
    """An upload: how far it is and how it ended."""

    upload_id: str = Field(description="The upload's id.", examples=[UPLOAD_ID_EXAMPLE])
    file_name: str = Field(description="The name of the file.", examples=["products.csv"])
    mode: RecordedMode
    preview: bool = Field(description="True if nothing in the catalogue was or will be changed.")
    status: Status
    counts: Counts
    progress: float = Field(ge=0, le=1, description="How much of it is done.", examples=[0.4])
    failure: Failure | None = Field(description="Null unless the upload failed as a whole.")
    read_as: dict[str, Any] | None = Field(
        description="How the file was read: format, encoding, separator, decimal sign, header row, columns. Null until "
        "it was read."
    )
    created_at: datetime = Field(description="When the upload was asked for, or the file arrived.")
    completed_at: datetime | None = Field(description="When it ended; null until then.")
    has_report: bool = Field(description="True if there is an error report.")
    has_corrections: bool = Field(description="True if there is a corrections file.")
    corrects_upload_id: str | None = Field(description="The earlier upload whose errors this one corrects.")
    next_step: NextStep


class Correction(_Document):
    """An upload that corrects an earlier one."""

    upload_id: str = Field(description="The upload's id.", examples=[UPLOAD_ID_EXAMPLE])
    file_name: str = Field(description="The name of the file.", examples=["products-corrections.csv"])
    preview: bool = Field(description="True if it was only checked.")
    status: Status
    counts: Counts
    created_at: datetime = Field(description="When the upload was asked for, or the file arrived.")


Corrections = Annotated[
    list[Correction],
    Field(
        max_length=MAX_CORRECTIONS,
        description="The uploads that correct this one's errors and whose file has been read, newest first; of more "
        f"than {MAX_CORRECTIONS} the newest.",
    ),
]


class FollowedUpload(UploadDocument):
    """An upload, and what became of its errors."""

    corrected_by: Corrections


class UploadPage(_Document):
    """A page of uploads, newest first."""

    data: list[UploadDocument]
    next_cursor: str | None = Field(description=_NEXT_CURSOR)


class UploadFilters(_Given):
    """Which uploads."""

    status: Status | None = Field(default=None, description="Only uploads in this status.")
    mode: RecordedMode | None = Field(default=None, description="Only uploads of this mode.")
    preview: bool | None = Field(default=None, description="Only previews, or only uploads for real.")
    created_from: Moment | None = Field(default=None, description="Only uploads of this moment or later.")
    created_to: Moment | None = Field(default=None, description="Only uploads of this moment or earlier.")
    file_name: Search | None = Field(default=None, description="Only files with this in their name, in any case.")
    limit: Limit = 50
    cursor: Cursor | None = None


class ErrorDocument(_Document):
    """One error of one row. A row can have several."""

    row_number: int = Field(description="1 is the first row below the header.", examples=[17])
    column: str | None = Field(description="The column; null when it is about the whole row.", examples=["price"])
    code: str = Field(description="A code of `GET /columns`.", examples=["INVALID_PRICE"])
    message: str = Field(description="What is wrong and what is allowed.")
    sent: str | None = Field(description="The cell as it stood in the file.", examples=["$19.99"])
    vendor_product_id: str | None = Field(description="The product id in this row as sent.", examples=["PROD-17"])
    sku: str | None = Field(description="The SKU in this row as sent.", examples=["TM-0017"])


class ErrorPage(_Document):
    """A page of errors in the order of rows."""

    data: list[ErrorDocument]
    next_cursor: str | None = Field(description=_NEXT_CURSOR)


class ErrorFilters(_Given):
    """Which errors."""

    code: Word | None = Field(default=None, description="Only errors of this code.", examples=["INVALID_PRICE"])
    column: Word | None = Field(default=None, description="Only errors in this column.", examples=["price"])
    q: Search | None = Field(
        default=None,
        description="Only errors of rows whose product id or SKU has this in it, or of cells that have, in any case.",
    )
    from_row: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = Field(
        default=None, description="Only errors of this row and later ones.", examples=[17]
    )
    limit: Limit = 50
    cursor: Cursor | None = None


class CauseDocument(_Document):
    """What rows have in common that went wrong."""

    code: str = Field(description="A code of `GET /columns`.", examples=["INVALID_PRICE"])
    column: str | None = Field(description="The column; null when it is about whole rows.", examples=["price"])
    rows: int = Field(description="Rows with this error.", examples=[112])
    first_row: int = Field(description="The first of them.", examples=[3])
    message: str = Field(description="What was said about the first of them.")
    sent: str | None = Field(description="What stood there, at most 200 characters of it.", examples=["$19.99"])
    fix: str = Field(description="What to do about errors of this code.")


class ErrorSummary(_Document):
    """What to fix first: the causes with the most rows come first."""

    causes: list[CauseDocument]


class Download(_Document):
    """A file to fetch."""

    url: str = Field(
        description="Fetch it with GET, without signing in.", examples=["https://bucket.s3.amazonaws.com/…"]
    )
    expires_at: datetime = Field(description="The link works until then.")


class Export(Download):
    """The vendor's products as a CSV that can be edited and handed in as an update."""

    rows: int = Field(description="Products in the file.", examples=[1204])


class Origin(_Document):
    """Where a value came from."""

    upload_id: str = Field(description="The upload that brought it.", examples=[UPLOAD_ID_EXAMPLE])
    row_number: int = Field(description="The row of that upload's file.", examples=[17])
    at: datetime = Field(description="When it took effect.")


Money = Annotated[str, BeforeValidator(lambda value: str(value) if isinstance(value, Decimal) else value)]


class ProductSummary(_Document):
    """A product of the vendor. Prices and weights are decimal numbers as text, so that no digit is lost."""

    vendor_product_id: str = Field(description="The vendor's own id of the product.", examples=["PROD-17"])
    sku: str = Field(description="Unique on TechMart.", examples=["TM-0017"])
    product_name: str = Field(description="The name that buyers see.", examples=["Wireless Mouse"])
    category: str = Field(description="One of `GET /categories`.", examples=["Computer Accessories"])
    subcategory: str | None = Field(description="The vendor's own finer division.", examples=["Mice"])
    description: str | None = Field(description="The text that buyers see.", examples=["Silent keys."])
    brand: str | None = Field(description="The brand.", examples=["Acme"])
    price: Money = Field(description="The price.", examples=["19.99"])
    compare_at_price: Money | None = Field(description="The price it is compared with.", examples=["24.99"])
    stock_quantity: int = Field(description="Pieces in stock.", examples=[150])
    unit: str | None = Field(description="What one piece is.", examples=["each"])
    weight_kg: Money | None = Field(description="Weight in kilograms.", examples=["0.120"])
    dimensions_cm: str | None = Field(description="Size in centimetres as given.", examples=["10x6x4"])
    image_url: str | None = Field(description="Address of a picture.", examples=["https://vendor.example/17.jpg"])
    status: ProductStatus
    created_at: datetime = Field(description="When the product came in.")
    updated_at: datetime = Field(description="When a value of it changed last.")


class ProductDocument(ProductSummary):
    """A product, and where each of its values came from."""

    origin: Origin = Field(description="The upload that brought the product in.")
    changed: dict[str, Origin] = Field(
        description="By column: the upload that changed the value last. Others are as they came in."
    )


class ProductPage(_Document):
    """A page of products in the order of their ids."""

    data: list[ProductSummary]
    next_cursor: str | None = Field(description=_NEXT_CURSOR)


class ProductFilters(_Given):
    """Which products."""

    q: Search | None = Field(default=None, description="Only products with this in their id, SKU or name, in any case.")
    status: ProductStatus | None = Field(default=None, description="Only products in this status.")
    category: Search | None = Field(default=None, description="Only products of this category; the exact name.")
    limit: Limit = 50
    cursor: Cursor | None = None


class ChangeDocument(_Document):
    """One value that an upload has changed."""

    changed_at: datetime = Field(description="When it was changed.")
    upload_id: str = Field(description="The upload that changed it.", examples=[UPLOAD_ID_EXAMPLE])
    row_number: int = Field(description="The row of that upload's file.", examples=[17])
    column: str = Field(description="The column.", examples=["price"])
    old_value: str | None = Field(description="What it was; null for nothing.", examples=["24.99"])
    new_value: str | None = Field(description="What it became; null for nothing.", examples=["19.99"])


class ChangePage(_Document):
    """A page of changes, newest first."""

    data: list[ChangeDocument]
    next_cursor: str | None = Field(description=_NEXT_CURSOR)


class PageOnly(_Given):
    """Which page."""

    limit: Limit = 50
    cursor: Cursor | None = None


class Categories(_Document):
    """The categories that products can have today; names match exactly."""

    categories: list[str] = Field(description="The names in alphabetical order.", examples=[["Audio", "Cameras"]])


def _label(label: str) -> str:
    if LABEL.fullmatch(label) is None:
        raise ValueError("A label has more than spaces, and no control characters and line breaks.")
    return label.strip(" ")


class NewApiKey(_Given):
    """A key that is to be made."""

    model_config = ConfigDict(strict=True, json_schema_extra={"examples": [{"label": "shop system"}]})

    label: Annotated[str, AfterValidator(_label)] = Field(
        min_length=1,
        max_length=MAX_LABEL_LENGTH,
        description="What the key is for, so that you know it later.",
        examples=["shop system"],
        json_schema_extra={
            "pattern": r"^[^\u0000-\u001f\u007f-\u009f]*[^\u0000-\u0020\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$"
        },
    )


class ApiKeyDocument(_Document):
    """An API key, without the key itself."""

    key_id: str = Field(
        description="What the key is spoken of by; it opens nothing.", examples=["key_0a1b2c3d4e5f6071"]
    )
    label: str = Field(description="What the key is for.", examples=["shop system"])
    created_at: datetime = Field(description="When it was made.")
    created_by: str = Field(
        description="E-mail address of who made it, or `operations`.", examples=["anna@vendor.example"]
    )
    last_used_at: datetime | None = Field(description="The hour in which it was used last; null for never.")


class ApiKeys(_Document):
    """The vendor's API keys, the oldest first."""

    data: list[ApiKeyDocument]
    most: int = Field(description="The most keys that a vendor may have.", examples=[2])


class CreatedApiKey(ApiKeyDocument):
    """A new API key. Keep it now: nothing shows it again."""

    key: str = Field(
        description="The key, for the header `Authorization: Bearer …`.",
        examples=["tm_live_0a1b2c3d4e5f6071829a3b4c5d6e7f80X1Y2Z3"],
    )


class PersonDocument(_Document):
    """Somebody who may sign in for the vendor."""

    email: str = Field(description="The e-mail address to sign in with.", examples=["anna@vendor.example"])
    created_at: datetime = Field(description="When the person was invited.")


class People(_Document):
    """The vendor's people, the earliest first."""

    data: list[PersonDocument]


class ColumnDocument(_Document):
    """A column of the file and what its cells may hold."""

    name: str = Field(description="The name in the header.", examples=["price"])
    label: str = Field(description="The name in messages.", examples=["Price"])
    required: bool = Field(description="True: an import needs a value in every row.")
    type: str = Field(description="`text`, `number` or `category`.", examples=["number"])
    code: str = Field(description="The code of a cell that is refused.", examples=["INVALID_PRICE"])
    max_length: int | None = Field(description="Text: the most characters.", examples=[200])
    min: Money | None = Field(description="Number: the smallest value.", examples=["0.01"])
    max: Money | None = Field(description="Number: the largest value.", examples=["999999.99"])
    decimals: int | None = Field(description="Number: the most digits after the point.", examples=[2])
    aliases: list[str] = Field(description="Other names of the column that are understood.", examples=[["unit price"]])


class CodeDocument(_Document):
    """An error code, what it means and what to do about it."""

    code: str = Field(description="The code.", examples=["INVALID_PRICE"])
    of: Literal["row", "file"] = Field(description="`row`: an error of a row. `file`: the file is refused as a whole.")
    meaning: str = Field(
        description="What is wrong, in a few words. What stands in a cell is between backticks.",
        examples=["the price is not a plain number, is out of range, or has too many decimals"],
    )
    fix: str = Field(description="What to do.")


class Beginning(_Document):
    """What a file begins with that is refused whatever follows, such as a picture."""

    bytes: str = Field(description="The bytes in hexadecimal digits.", examples=["25504446"])
    message: str = Field(description="Why such a file is refused and what to do.")


class InstantRefusals(_Document):
    """Refusals that a program can tell of before it sends a file, in the words of the refusal itself."""

    empty: str = Field(description="Of a file without content.")
    too_large: str = Field(
        description="Of a file with more than `max_bytes`. `{megabytes}` stands for its size, rounded up to one "
        "decimal, in units of 1,048,576 bytes."
    )
    beginnings: list[Beginning] = Field(description="Of files that are no product list.")


class Columns(_Document):
    """The rules: columns, limits, and codes with their meanings and fixes."""

    columns: list[ColumnDocument]
    codes: list[CodeDocument]
    refusals: InstantRefusals
    max_rows: int = Field(description="The most rows of a file.", examples=[10_000])
    max_bytes: int = Field(description="The largest size of a file in bytes.", examples=[MAX_FILE_BYTES])


def checksum_header(sha256: str) -> str:
    """Return a hexadecimal SHA-256 as S3 wants it in a header: base64 of the bytes."""
    return base64.b64encode(bytes.fromhex(sha256)).decode()
