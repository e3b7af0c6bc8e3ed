"""Rich presence documents, valid and invalid. Reference: "Rich presence"."""


def pidf(
    contact: str,
    activities: str,
    *,
    tuple_id: str = "pws-override",
    source: str | None = "Presence Web Service",
    more: str = "",
) -> bytes:
    """Return a document; ``activities`` and ``more`` are children of activities and person."""
    user = contact.partition("@")[0]
    named = (
        ""
        if source is None
        else f'<source xmlns="urn:cisco:params:xml:ns:pidf:source">{source}</source>'
    )
    return (
        f'<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:{contact}">'
        f'<person xmlns="urn:cisco:params:xml:ns:pidf:rpid" id="{user}">'
        f"<activities>{activities}</activities>{more}</person>"
        f'<tuple id="{tuple_id}"><status><basic>open</basic></status>{named}</tuple></presence>'
    ).encode("ascii")
