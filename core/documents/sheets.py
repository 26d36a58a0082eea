"""From a registered document to its sheet: the letterhead as numbered, the body as given."""

from core.data import from_data
from core.documents.form import Block, DocumentSheet
from core.documents.letterhead import Recipient, Signature, Verification
from core.documents.models import OfficialDocument
from core.documents.register import ARCHIVE, Letterhead
from tenants.models import Tenant


def sheet_of(
    document: OfficialDocument, tenant: Tenant, body: tuple[Block, ...], verification: Verification
) -> DocumentSheet:
    """What is printed: `body` under the tenant's letterhead, signed as the register says."""
    head = from_data(Letterhead, document.letterhead)
    lines = [line for line in head.recipients if not line.startswith(ARCHIVE)]
    archive = [line.removeprefix(ARCHIVE) for line in head.recipients if line.startswith(ARCHIVE)]
    return DocumentSheet(
        doc_type=document.type,
        superior=tenant.parent.name if tenant.parent else "",
        issuer=tenant.committee_name,
        issuer_symbol=document.symbol,
        number=document.number,
        place=tenant.place,
        issued_on=document.issued_on,
        subject=document.subject[:1].lower() + document.subject[1:],
        body=body,
        signature=Signature(head.signer_title, head.signer, head.authority, signed=True),
        recipients=tuple(_recipient(line) for line in lines),
        archive=archive[0] if archive else "",
        verification=verification,
    )


def _recipient(line: str) -> Recipient:
    name, bracket, purpose = line.rstrip(")").partition(" (")
    return Recipient(name, purpose if bracket else "")
