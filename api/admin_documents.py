"""The shapes of the operators' part of the API."""

import re
import unicodedata
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from api.documents import (
    UPLOAD_ID_EXAMPLE,
    ApiKeyDocument,
    Corrections,
    Counts,
    Cursor,
    Failure,
    Limit,
    Moment,
    RecordedMode,
    Search,
    Word,
)
from api.shapes import NEXT_CURSOR, Document, Given
from onboarding.registration import EMAIL, MAX_EMAIL_LENGTH, MAX_VENDOR_NAME_LENGTH, VENDOR_ID

_PRINTABLE = r"^[^\u0000-\u001f\u007f-\u009f]*[^\u0000-\u0020\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$"
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def _text(text: str) -> str:
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
        raise ValueError("There are no control characters and no line breaks in it.")
    if not text.strip(" "):
        raise ValueError("It has more than spaces.")
    return text.strip(" ")


def _vendor_id(text: str) -> str:
    if VENDOR_ID.fullmatch(text) is None:
        raise ValueError("It has letters, digits, hyphens and underscores, and begins with a letter or digit.")
    return text


def _email(text: str) -> str:
    if EMAIL.fullmatch(text) is None or not text.isprintable():
        raise ValueError("It is an e-mail address, such as anna@vendor.example.")
    return text


def _day(text: object) -> object:
    if isinstance(text, str) and _DATE.fullmatch(text) is None:
        raise ValueError("A day is written as 2026-11-21.")
    return text


VendorId = Annotated[
    str,
    Field(max_length=50, json_schema_extra={"pattern": "^[A-Za-z0-9][A-Za-z0-9_-]*$"}),
    AfterValidator(_vendor_id),
]
VendorName = Annotated[
    str,
    Field(min_length=1, max_length=MAX_VENDOR_NAME_LENGTH, json_schema_extra={"pattern": _PRINTABLE}),
    AfterValidator(_text),
]
Email = Annotated[
    str,
    Field(max_length=MAX_EMAIL_LENGTH, json_schema_extra={"pattern": r"^[^@\s]+@[^@\s]+\.[^@\s]+$"}),
    AfterValidator(_email),
]
CategoryName = Annotated[
    str,
    Field(min_length=1, max_length=100, json_schema_extra={"pattern": _PRINTABLE}),
    AfterValidator(_text),
]
Day = Annotated[date, BeforeValidator(_day)]


class Confirmation(Given):
    """That it is meant: the id of the upload once more, so that nothing happens by a slip."""

    model_config = ConfigDict(strict=True)

    confirm: str = Field(
        max_length=100, description="The id of the upload, as in the path.", examples=[UPLOAD_ID_EXAMPLE]
    )


##### Uploads


class AdminUploadFilters(Given):
    """Which uploads, of all vendors."""

    upload_id: Word | None = Field(default=None, description="The upload of this id.", examples=[UPLOAD_ID_EXAMPLE])
    vendor_id: Search | None = Field(default=None, description="Only uploads of this vendor.", examples=["VEND001"])
    file_name: Search | None = Field(default=None, description="Only files with this in their name, in any case.")
    status: Literal["processing", "completed", "partial", "failed"] | None = Field(
        default=None, description="Only uploads in this status."
    )
    mode: RecordedMode | None = Field(default=None, description="Only uploads of this mode.")
    preview: bool | None = Field(default=None, description="Only previews, or only uploads for real.")
    code: Word | None = Field(
        default=None,
        description="Only ended uploads with an error of this code, or refused with it.",
        examples=["INVALID_PRICE"],
    )
    sku: Search | None = Field(
        default=None, description="Only uploads that brought in, changed or failed on this SKU.", examples=["TM-0017"]
    )
    created_from: Moment | None = Field(default=None, description="Only uploads of this moment or later.")
    created_to: Moment | None = Field(default=None, description="Only uploads of this moment or earlier.")
    limit: Limit = 50
    cursor: Cursor | None = None


class AdminUploadSummary(Document):
    """An upload of any vendor: how it is and how it ended. Nothing of its rows."""

    upload_id: str = Field(description="The upload's id.", examples=[UPLOAD_ID_EXAMPLE])
    vendor_id: str = Field(description="The vendor, as the file's folder named it.", examples=["VEND001"])
    file_name: str = Field(description="The name of the file.", examples=["products.csv"])
    mode: RecordedMode
    preview: bool = Field(description="True if nothing in the catalogue was or will be changed.")
    status: Literal["processing", "completed", "partial", "failed"] = Field(
        description="`completed`: no row has errors. `partial`: some have. `failed`: no row was valid, or refused."
    )
    counts: Counts
    failure: Failure | None = Field(description="Null unless the upload failed as a whole.")
    created_at: datetime = Field(description="When the file arrived.")
    completed_at: datetime | None = Field(description="When it ended; null until then.")
    codes: list[str] = Field(
        description="The codes of its errors or of its refusal, once it has ended.", examples=[["INVALID_PRICE"]]
    )


class AdminUploadPage(Document):
    """A page of uploads of all vendors, newest first."""

    data: list[AdminUploadSummary]
    next_cursor: str | None = Field(description=NEXT_CURSOR)


class ExecutionDocument(Document):
    """The execution of an upload."""

    name: str = Field(
        description="Its name; redriven ones have a number at the end.", examples=[f"{UPLOAD_ID_EXAMPLE}_redrive_1"]
    )
    status: str = Field(description="`RUNNING`, `SUCCEEDED`, `FAILED`, `TIMED_OUT` or `ABORTED`.", examples=["FAILED"])
    error: str | None = Field(description="The name of the error it ended with.", examples=["OutcomeNotRecorded"])
    cause: str | None = Field(description="What the execution says about it.")
    started_at: datetime = Field(description="When it began.")
    ended_at: datetime | None = Field(description="When it ended; null until then.")
    console_url: str = Field(description="Its page in the AWS console.")


class AdminUploadDocument(AdminUploadSummary):
    """An upload of any vendor in full. Of its file there is nothing but what its error rows show."""

    vendor_name: str | None = Field(description="Null for a vendor that is not registered.", examples=["Acme"])
    s3_key: str = Field(description="Where the file lies.", examples=["uploads/VEND001/products.csv"])
    read_as: dict[str, Any] | None = Field(description="How the file was read; null until it was.")
    corrects_upload_id: str | None = Field(description="The earlier upload that this one corrects or takes back.")
    corrected_by: Corrections
    taken_back_by: str | None = Field(description="The revert that took this upload back.")
    can_revert: bool = Field(description="False for previews, reverts, and uploads that have not ended.")
    execution: ExecutionDocument | None = Field(
        description="The newest execution; null if there is none, or it is too old to be known."
    )


class RedriveDocument(Document):
    """An execution that was started anew."""

    upload_id: str = Field(description="The upload.", examples=[UPLOAD_ID_EXAMPLE])
    execution_name: str = Field(description="The new execution.", examples=[f"{UPLOAD_ID_EXAMPLE}_redrive_1"])


class RevertDocument(Document):
    """What taking an upload back does, or would do, in products."""

    upload_id: str = Field(description="The upload that is taken back.", examples=[UPLOAD_ID_EXAMPLE])
    revert_id: str = Field(description="The id of the revert.", examples=["REVERT_20261121_103045_0a1b2c3d"])
    is_done: bool = Field(description="False: nothing was done yet.")
    changed: int = Field(description="Products that change back.", examples=[120])
    unchanged: int = Field(description="Products that have the old values already.", examples=[0])
    superseded: int = Field(description="Products that keep what later uploads have set.", examples=[3])
    changed_fields: dict[str, int] = Field(description="Products by column that changes.", examples=[{"price": 120}])


class DiagnosisDocument(Document):
    """What is wrong with an upload in one sentence, and what fixes it."""

    cause: str = Field(description="What it is called in the runbook.", examples=["error rows lost"])
    sentence: str = Field(description="What is wrong, or that nothing is.")
    is_fine: bool = Field(description="True: there is nothing to do.")
    fix_first: str | None = Field(description="What has to be done first, and no command can do.")
    command: str | None = Field(
        description="The command that fixes it; null if there is none to run.",
        examples=["make redrive WHAT=errors STAGE=prod"],
    )
    section: str = Field(description="The section of the runbook.", examples=["explaining-an-upload"])


class StepDocument(Document):
    """One stay of an execution in a state."""

    state: str = Field(description="The state.", examples=["Await Validation"])
    entered_at: datetime = Field(description="When it came there.")
    left_at: datetime | None = Field(description="When it went on; null while it is there.")
    tries: int = Field(description="How often the state's work was tried; 0 for states without any.", examples=[1])
    causes: list[str] = Field(description="Why tries failed, in their order.")


class ExecutionStory(Document):
    """An execution of the upload, state by state."""

    name: str = Field(description="Its name.", examples=[f"{UPLOAD_ID_EXAMPLE}_redrive_1"])
    status: str = Field(description="How it stands, in the words of Step Functions.", examples=["SUCCEEDED"])
    console_url: str = Field(description="Its page in the AWS console.")
    steps: list[StepDocument]


class KeptDocument(Document):
    """A place where something of an upload can wait, or can have died."""

    place: str = Field(description="The place.", examples=["error dead-letter queue"])
    count: int = Field(description="Everything that is there.", examples=[0])
    ours: int | None = Field(description="What is about this upload; null where messages are not looked into.")


class StagedDocument(Document):
    """The upload's rows in the staging table."""

    rows: int = Field(description="Rows that are there.", examples=[1000])
    validated: int = Field(description="Rows found valid, by what is kept there.", examples=[970])
    error: int = Field(description="Rows found invalid, by what is kept there.", examples=[30])


class LogDocument(Document):
    """A log line of a warning or an error, about the upload or at its time about no upload at all."""

    at: datetime = Field(description="When it was written.")
    function: str = Field(description="The function.", examples=["csv-parser"])
    level: str = Field(description="Its level.", examples=["ERROR"])
    text: str = Field(description="What it says, shortened. Lines never hold rows.")


class StoryDocument(Document):
    """All that can be known about an upload, with what it means: the same that `make explain` tells."""

    upload_id: str | None = Field(description="The upload; null if nobody knows it.", examples=[UPLOAD_ID_EXAMPLE])
    diagnosis: DiagnosisDocument
    executions: list[ExecutionStory] = Field(description="The first one and its redrives in their order.")
    staged: StagedDocument
    kept: list[KeptDocument]
    stopped: list[str] = Field(description="Functions whose work is switched off.", examples=[["product-validator"]])
    logs: list[LogDocument]
    unknown: dict[str, str] = Field(description="What could not be asked, and why.")


##### Vendors


class VendorFilters(Given):
    """Which vendors."""

    q: Search | None = Field(default=None, description="Only vendors with this in their id, name or e-mail address.")
    status: Literal["active", "suspended"] | None = Field(default=None, description="Only vendors in this status.")
    address: Literal["confirmed", "unconfirmed", "overdue"] | None = Field(
        default=None, description="Only vendors whose e-mail address is confirmed, is not, or is not after two days."
    )
    limit: Limit = 50
    cursor: Cursor | None = None


class AddressDocument(Document):
    """Whether the vendor's e-mail address is confirmed, so that e-mails about uploads arrive."""

    state: Literal["confirmed", "unconfirmed", "overdue"] = Field(
        description="`overdue`: not confirmed two days after it was asked for; the link has expired by then."
    )
    asked_at: datetime = Field(description="When the confirmation was sent last.")
    confirmed_at: datetime | None = Field(description="When it was first seen to be confirmed; null while it is not.")
    checked_at: datetime | None = Field(description="When the answer was asked for last.")


class VendorSummary(Document):
    """A vendor and what it did in the last 30 days. Previews do not count."""

    vendor_id: str = Field(description="The vendor's id.", examples=["VEND001"])
    vendor_name: str = Field(description="The vendor's name.", examples=["TechGear Direct"])
    email: str = Field(description="Where e-mails about uploads go.", examples=["uploads@techgear.example"])
    status: Literal["active", "suspended"] = Field(description="`suspended`: let in nowhere.")
    address: AddressDocument
    created_at: datetime = Field(description="When the vendor was registered.")
    uploads: int = Field(description="Uploads that ended in the last 30 days.", examples=[12])
    rows: int = Field(description="Rows of these uploads.", examples=[12000])
    error_rows: int = Field(description="Rows of these uploads with errors.", examples=[340])
    last_upload_at: datetime | None = Field(description="The newest upload, whatever it is; null if there is none.")


class VendorPage(Document):
    """A page of vendors in the order of their ids."""

    data: list[VendorSummary]
    next_cursor: str | None = Field(description=NEXT_CURSOR)


class VendorDocument(VendorSummary):
    """A vendor in full."""

    products: int = Field(description="Products in the catalogue.", examples=[1204])
    active_products: int = Field(description="Those of them that are for sale.", examples=[1180])


class NewVendor(Given):
    """A vendor that is to be registered. Its first person is invited at this address."""

    model_config = ConfigDict(
        strict=True,
        json_schema_extra={
            "examples": [{"vendor_id": "VEND042", "vendor_name": "Acme", "email": "uploads@acme.example"}]
        },
    )

    vendor_id: VendorId = Field(description="The vendor's id; it never changes.", examples=["VEND042"])
    vendor_name: VendorName = Field(description="The vendor's name.", examples=["Acme"])
    email: Email = Field(description="Where e-mails about uploads go.", examples=["uploads@acme.example"])


class VendorChanges(Given):
    """What is to change; leave out what stays."""

    model_config = ConfigDict(strict=True, json_schema_extra={"examples": [{"email": "new@acme.example"}]})

    vendor_name: VendorName | None = Field(default=None, description="The new name.", examples=["Acme Ltd"])
    email: Email | None = Field(
        default=None, description="The new e-mail address; it has to be confirmed.", examples=["new@acme.example"]
    )


class VendorPersonDocument(Document):
    """Somebody who signs in for the vendor."""

    email: str = Field(description="The e-mail address.", examples=["anna@acme.example"])
    created_at: datetime = Field(description="When the person was invited.")
    has_signed_in: bool = Field(description="False: the invitation has not been followed yet.")


class VendorPeople(Document):
    """The vendor's people, the earliest first."""

    data: list[VendorPersonDocument]


class OperatorDocument(Document):
    """Somebody who signs in as an operator."""

    email: str = Field(description="The e-mail address.", examples=["olga@techmart.example"])
    created_at: datetime = Field(description="When the operator was invited.")
    has_signed_in: bool = Field(description="False: the invitation has not been followed yet.")
    is_you: bool = Field(description="True for who is asking.")


class Operators(Document):
    """The operators, the earliest first."""

    data: list[OperatorDocument]


class NewPerson(Given):
    """Somebody who is to sign in. Inviting somebody again sends the invitation again."""

    model_config = ConfigDict(strict=True, json_schema_extra={"examples": [{"email": "bert@acme.example"}]})

    email: Email = Field(description="The e-mail address.", examples=["bert@acme.example"])


class VendorApiKeys(Document):
    """The vendor's API keys, the oldest first."""

    data: list[ApiKeyDocument]
    most: int = Field(description="The most keys that a vendor may have.", examples=[2])


##### Categories


class NewCategory(Given):
    """The name of a category."""

    model_config = ConfigDict(strict=True, json_schema_extra={"examples": [{"name": "Garden"}]})

    name: CategoryName = Field(description="The name; no other category has it, in any case.", examples=["Garden"])


class CategoryDocument(Document):
    """A category, and who did what with it."""

    category_id: int = Field(description="Its number, which stays when the name changes.", examples=[7])
    name: str = Field(description="The name that products and files use.", examples=["Audio"])
    is_active: bool = Field(description="False: retired. Its products keep it, new rows are refused.")
    products: int = Field(description="Products in it.", examples=[310])
    former_names: list[str] = Field(description="Names it had before.", examples=[["Sound"]])
    added_at: datetime = Field(description="When it was added.")
    added_by: str = Field(description="Who added it.", examples=["ops@techmart.example"])
    renamed_at: datetime | None = Field(description="When it was renamed last.")
    renamed_by: str | None = Field(description="Who renamed it last.")
    retired_at: datetime | None = Field(description="When it was retired; null for an active one.")
    retired_by: str | None = Field(description="Who retired it.")


class ManagedCategories(Document):
    """All categories in alphabetical order, retired ones among them."""

    data: list[CategoryDocument]


##### System


class QueueDocument(Document):
    """A queue. What AWS does not tell is null."""

    name: str = Field(description="What the queue is for.", examples=["error queue"])
    is_dead_letter: bool = Field(description="True: what lies in it failed for good and waits for an operator.")
    waiting: int | None = Field(description="Messages that nobody has taken yet.", examples=[0])
    in_flight: int | None = Field(description="Messages that are being worked on.", examples=[0])
    oldest_seconds: int | None = Field(description="Age of the oldest message, as CloudWatch measured it last.")
    runbook: str = Field(description="The section of the runbook.", examples=["error-dead-letter-queue"])


class OpenUploadDocument(Document):
    """An upload that has not ended."""

    upload_id: str = Field(description="The upload.", examples=[UPLOAD_ID_EXAMPLE])
    vendor_id: str = Field(description="Its vendor.", examples=["VEND001"])
    file_name: str = Field(description="Its file.", examples=["products.csv"])
    created_at: datetime = Field(description="When the file arrived.")


class AlarmDocument(Document):
    """An alarm that rings."""

    name: str = Field(description="The alarm.", examples=["product-onboarding-prod-stalled-uploads"])
    description: str = Field(description="What it means, with the address of the runbook's section.")
    since: datetime = Field(description="Since when it rings.")


class SystemDocument(Document):
    """How the service is at this moment. What could not be found out is null, never zero."""

    open_uploads: int = Field(description="Uploads that have not ended.", examples=[2])
    oldest_open: list[OpenUploadDocument] = Field(description="The oldest of them, at most ten.")
    queues: list[QueueDocument]
    failed_stream_batches: int | None = Field(
        description="Stream batches that the validator failed on for good; at most 1,000 are counted.", examples=[0]
    )
    alarms: list[AlarmDocument] | None = Field(
        description="The alarms that ring; null if it is not known, as on a stage without alarms."
    )
    unconfirmed_vendors: int = Field(
        description="Active vendors whose e-mail address is not confirmed after two days.", examples=[1]
    )


##### Analytics


class Period(Given):
    """Which days, both ends included; without them the last 30. Days are those of UTC."""

    first_day: Day | None = Field(default=None, description="The first day.", examples=["2026-11-01"])
    last_day: Day | None = Field(default=None, description="The last day.", examples=["2026-11-30"])
    format: Literal["json", "csv"] | None = Field(
        default=None, description="`csv` for a file; so does the header `Accept: text/csv`.", examples=["csv"]
    )


class VendorPeriod(Period):
    """Which days, and of whom."""

    vendor_id: Search | None = Field(default=None, description="Only this vendor.", examples=["VEND001"])


class DurationsDocument(Document):
    """Time from the arrival of the file to its outcome, to about a tenth; null when no upload ended."""

    p50_seconds: float | None = Field(description="Half of the uploads took no longer.", examples=[4.2])
    p95_seconds: float | None = Field(description="95 of 100 uploads took no longer.", examples=[11.5])


class DayDocument(Document):
    """The uploads for real that ended on one day."""

    day: date = Field(description="The day in UTC.", examples=["2026-11-21"])
    uploads: int = Field(description="Uploads that ended.", examples=[12])
    failed: int = Field(description="Those of them of which no row was valid, or that were refused.", examples=[1])
    rows: int = Field(description="Their rows.", examples=[12000])
    valid_rows: int = Field(description="Rows that passed every rule.", examples=[11660])
    error_rows: int = Field(description="Rows with errors.", examples=[340])
    error_rate: float = Field(description="Error rows of all rows, from 0 to 1.", examples=[0.0283])
    durations: DurationsDocument


class DaysDocument(Document):
    """Days in their order; those without uploads are left out. As CSV one line for each."""

    first_day: date = Field(description="The first day that was asked for.", examples=["2026-11-01"])
    last_day: date = Field(description="The last one.", examples=["2026-11-30"])
    data: list[DayDocument]
    durations: DurationsDocument = Field(description="Of all these days together.")


class DailyCauseDocument(Document):
    """What went wrong in a period: a code in a column, or the refusal of files."""

    code: str = Field(description="A code of `GET /columns`.", examples=["INVALID_PRICE"])
    column: str | None = Field(description="The column; null when it is about whole rows or files.", examples=["price"])
    rows: int = Field(description="Rows with this error; 0 for refusals.", examples=[112])
    uploads: int = Field(description="Uploads with it.", examples=[3])


class CausesDocument(Document):
    """The causes of most rows first, at most 100. As CSV one line for each."""

    first_day: date = Field(description="The first day that was asked for.", examples=["2026-11-01"])
    last_day: date = Field(description="The last one.", examples=["2026-11-30"])
    data: list[DailyCauseDocument]


class VendorPerformance(Document):
    """A vendor's uploads in a period, and in the period of the same length before it."""

    vendor_id: str = Field(description="The vendor.", examples=["VEND001"])
    vendor_name: str = Field(description="Its name.", examples=["TechGear Direct"])
    uploads: int = Field(description="Uploads that ended.", examples=[12])
    rows: int = Field(description="Their rows.", examples=[12000])
    error_rows: int = Field(description="Rows with errors.", examples=[340])
    error_rate: float = Field(description="Error rows of all rows, from 0 to 1.", examples=[0.0283])
    rows_before: int = Field(description="Rows of the period before.", examples=[8000])
    growth: int = Field(description="Rows more, or less, than in the period before.", examples=[4000])


class VendorsFilters(Period):
    """Which days, and which vendors first."""

    order: Literal["error_rate", "growth"] = Field(
        default="error_rate", description="The worst error rate or the fastest growth first."
    )


class VendorsDocument(Document):
    """Vendors with uploads in the period, at most 100. As CSV one line for each."""

    first_day: date = Field(description="The first day that was asked for.", examples=["2026-11-01"])
    last_day: date = Field(description="The last one.", examples=["2026-11-30"])
    data: list[VendorPerformance]


##### What operators did


class ActionFilters(Given):
    """Which actions."""

    actor: Search | None = Field(default=None, description="Only actions of this operator.")
    action: Word | None = Field(default=None, description="Only actions of this kind.", examples=["suspend_vendor"])
    subject: Search | None = Field(default=None, description="Only actions on this.", examples=["VEND001"])
    limit: Limit = 50
    cursor: Cursor | None = None


class ActionDocument(Document):
    """What an operator did."""

    action_id: int = Field(description="Its number.", examples=[17])
    acted_at: datetime = Field(description="When.")
    actor: str = Field(
        description="Who: the e-mail address of a signed-in operator, or the AWS identity of a command.",
        examples=["ops@techmart.example"],
    )
    action: str = Field(description="What was done.", examples=["suspend_vendor"])
    subject: str = Field(description="To whom or what: a vendor, an upload, a category.", examples=["VEND001"])
    before: dict[str, Any] | None = Field(description="How it was, as far as it changed.")
    after: dict[str, Any] | None = Field(description="How it is since.")
    outcome: Literal["done", "refused", "unknown"] = Field(
        description="`refused`: it was not done, `failure` says why. `unknown`: it was begun and broke off."
    )
    failure: str | None = Field(description="Why it was not done.")


class ActionPage(Document):
    """A page of actions, newest first."""

    data: list[ActionDocument]
    next_cursor: str | None = Field(description=NEXT_CURSOR)
