"""The SOAP requests of servers that do not describe theirs. Reference: "SOAP".

The namespace, the spelling and the order are assumptions.
"""

from functools import lru_cache
from typing import Final

from .lxml_document import parse_description
from .schema import Declaration
from .wsdl import ServiceDescription

DEFAULT_NAMESPACE: Final = "urn:cisco:cup:presence:soap"

_OPERATIONS: Final = """
<element name="session-key"/>
<element name="login"><complexType><sequence>
  <element name="username"/>
  <choice><element name="password"/><element name="app-session-id"/></choice>
  <element name="force" minOccurs="0"/>
</sequence></complexType></element>
<element name="logout"/>
<element name="registerEndPoint"><complexType><sequence>
  <element name="url"/>
  <element name="endPointID"/>
  <element name="expiration"/>
</sequence></complexType></element>
<element name="unregisterEndPoint"><complexType><sequence>
  <element name="endPointID"/>
</sequence></complexType></element>
<element name="subscribe"><complexType><sequence>
  <element name="subscriptionID"/>
  <element name="subscriptionType"/>
  <element name="endPointID"/>
  <element name="expiration" minOccurs="0"/>
  <element name="contactsList" type="contacts" minOccurs="0"/>
</sequence></complexType></element>
<element name="unsubscribe"><complexType><sequence>
  <element name="unsubscribeRequest"><complexType><sequence>
    <element name="subscriptionID"/>
    <choice><element name="contactsList" type="contacts"/><element name="unsubscribeAll"/></choice>
  </sequence></complexType></element>
</sequence></complexType></element>
<element name="getSubscribedPresence"><complexType><sequence>
  <element name="subscriptionID"/>
  <element name="presenceType"/>
</sequence></complexType></element>
<element name="getPolledPresence"><complexType><sequence>
  <element name="presenceType"/>
  <element name="contactsList" type="contacts"/>
</sequence></complexType></element>
<element name="setPresence"><complexType><sequence>
  <element name="presenceType"/>
  <element name="expiration"/>
  <element name="presenceInfo"><complexType><sequence>
    <element name="override"/>
    <element name="basicPresence" minOccurs="0"/>
    <element name="richPresence" minOccurs="0"/>
  </sequence></complexType></element>
</sequence></complexType></element>
<complexType name="contacts"><sequence>
  <element name="contact" minOccurs="0" maxOccurs="unbounded"><complexType>
    <attribute name="contactURI" use="required"/>
  </complexType></element>
</sequence></complexType>
"""


def default_element(name: str, namespace: str | None) -> Declaration:
    """Return an operation or a header block of the reference, in the server's namespace."""
    declared = default_description(namespace or DEFAULT_NAMESPACE).element(name)
    if declared is None:
        raise LookupError(f"The reference has no {name}.")
    return declared


@lru_cache(maxsize=8)
def default_description(namespace: str = DEFAULT_NAMESPACE) -> ServiceDescription:
    schema = (
        '<schema xmlns="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified">'
        f"{_OPERATIONS}</schema>"
    )
    root = parse_description(schema.encode())
    root.set("targetNamespace", namespace)
    return ServiceDescription(root)
