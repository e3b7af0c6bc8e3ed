"""SOAP written by hand from the reference: answers of servers, and how they describe themselves."""

import re
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from .byte_server import ByteServer, Received, Reply, http

NAMESPACE = "urn:cisco:cup:presence:soap"
SOAP_1_1 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_1_2 = "http://www.w3.org/2003/05/soap-envelope"

NO_DESCRIPTION = http(404)


def enveloped(body: str, *, soap: str = SOAP_1_1, status: int = 200) -> Reply:
    """Return an answer with this in its body."""
    return http(
        status,
        f'<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<SOAP-ENV:Envelope xmlns:SOAP-ENV="{soap}" xmlns:ns1="{NAMESPACE}">'
        f"<SOAP-ENV:Body>{body}</SOAP-ENV:Body></SOAP-ENV:Envelope>".encode(),
    )


def logged_in(key: str, backup: str = "") -> Reply:
    """Return the answer to a login."""
    return enveloped(
        f"<ns1:loginResponse><ns1:success><ns1:session-key>{key}</ns1:session-key>"
        f"<ns1:backupServer>{backup}</ns1:backupServer></ns1:success></ns1:loginResponse>"
    )


def redirect(primary: str, backup: str = "") -> Reply:
    """Return the answer to the login of somebody who is homed elsewhere."""
    return enveloped(
        "<ns1:loginResponse><ns1:redirect>"
        f"<ns1:primaryServer>{primary}</ns1:primaryServer>"
        f"<ns1:backupServer>{backup}</ns1:backupServer></ns1:redirect></ns1:loginResponse>"
    )


def succeeded(operation: str) -> Reply:
    """Return the answer to an operation without a result."""
    return enveloped(f"<ns1:{operation}Response><status>SUCCESS</status></ns1:{operation}Response>")


def description(code: int, message: str) -> str:
    """Return what the detail of a fault holds."""
    return (
        f'<description xmlns="{NAMESPACE}"><code>{code}</code>'
        f"<message>{escape(message)}</message><fix>Do better</fix></description>"
    )


def fault(code: int, message: str = "Something", *, status: int = 200) -> Reply:
    """Return a fault of SOAP 1.1."""
    return enveloped(
        "<SOAP-ENV:Fault><faultcode>SOAP-ENV:Client</faultcode><faultstring>It failed</faultstring>"
        f"<detail>{description(code, message)}</detail></SOAP-ENV:Fault>",
        status=status,
    )


def fault_1_2(code: int, message: str = "Something", *, status: int = 200) -> Reply:
    """Return a fault of SOAP 1.2."""
    return enveloped(
        "<SOAP-ENV:Fault><SOAP-ENV:Code><SOAP-ENV:Value>SOAP-ENV:Sender</SOAP-ENV:Value>"
        "</SOAP-ENV:Code><SOAP-ENV:Reason><SOAP-ENV:Text>It failed</SOAP-ENV:Text>"
        f"</SOAP-ENV:Reason><SOAP-ENV:Detail>{description(code, message)}</SOAP-ENV:Detail>"
        "</SOAP-ENV:Fault>",
        soap=SOAP_1_2,
        status=status,
    )


def body_of(request: Received) -> str:
    """Return what was sent in the body: in canonical form, with the service's namespace as n."""
    (sent,) = _part(request, "Body")
    return _canonical(sent)


def header_of(request: Received) -> str:
    """Return what was sent in the header, likewise; empty when that was empty."""
    return "".join(_canonical(block) for block in _part(request, "Header"))


def _part(request: Received, name: str) -> etree._Element:
    part = etree.fromstring(request.body).find(f"{{*}}{name}")
    assert part is not None
    return part


def _canonical(element: etree._Element) -> str:
    name = etree.QName(element)
    tag = f"n:{name.localname}" if name.namespace else name.localname
    attributes = "".join(f" {key}={quoteattr(value)}" for key, value in element.attrib.items())
    inside = escape(element.text or "") + "".join(_canonical(child) for child in element)
    return f"<{tag}{attributes}>{inside}</{tag}>"


def operations(server: ByteServer) -> list[str]:
    """Return what was asked for, in order."""
    asked = [request for request in server.received if request.line.startswith("POST")]
    return [re.split("[ >]", body_of(request))[0].removeprefix("<n:") for request in asked]


# A service that spells everything otherwise than the reference does.
OTHER_NAMESPACE = "urn:example:other"
OTHER_SPELLING = f"""<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions name="Other" targetNamespace="urn:example:wsdl"
    xmlns:t="urn:example:wsdl" xmlns:o="{OTHER_NAMESPACE}"
    xmlns:x="http://www.w3.org/2001/XMLSchema"
    xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/"
    xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/">
  <wsdl:types>
    <x:schema targetNamespace="{OTHER_NAMESPACE}" elementFormDefault="unqualified">
      <x:import namespace="urn:elsewhere" schemaLocation="http://127.0.0.1:1/elsewhere.xsd"/>
      <x:element name="Session_Key" type="x:string"/>
      <x:element name="LogInRequest"><x:complexType><x:all>
        <x:element name="FORCE" type="x:boolean"/>
        <x:element name="user-name" type="x:string"/>
        <x:element name="pass-word" type="x:string"/>
        <x:element name="AppSessionId" type="x:string" form="qualified"/>
      </x:all></x:complexType></x:element>
      <x:element name="Register-End-Point" type="o:Register"/>
      <x:complexType name="Register"><x:complexContent><x:extension base="o:Timed">
        <x:choice><x:element name="URL"/><x:element name="end-point-id"/></x:choice>
      </x:extension></x:complexContent></x:complexType>
      <x:complexType name="Timed"><x:sequence>
        <x:element name="Expiration"/>
      </x:sequence></x:complexType>
      <x:element name="Subscribe"><x:complexType>
        <x:group ref="o:Watched"/>
        <x:attribute name="subscription-id"/>
      </x:complexType></x:element>
      <x:group name="Watched"><x:sequence>
        <x:element ref="o:Contacts-List"/>
        <x:element name="end_point_id"/>
        <x:element name="expiration"/>
        <x:element name="SubscriptionType"><x:simpleType><x:restriction base="x:string">
          <x:enumeration value="presence-notification"/>
        </x:restriction></x:simpleType></x:element>
      </x:sequence></x:group>
      <x:element name="Contacts-List"><x:complexType><x:sequence>
        <x:element name="Contact" maxOccurs="unbounded"><x:complexType><x:sequence>
          <x:element name="contact-uri"/>
        </x:sequence></x:complexType></x:element>
      </x:sequence></x:complexType></x:element>
      <x:element name="GetPolledPresence"><x:complexType><x:sequence>
        <x:element name="PresenceType" type="o:Kind"/>
        <x:element ref="o:Contacts-List"/>
      </x:sequence></x:complexType></x:element>
      <x:simpleType name="Kind"><x:restriction base="x:string">
        <x:enumeration value="BasicPresence"/><x:enumeration value="RichPresence"/>
      </x:restriction></x:simpleType>
    </x:schema>
  </wsdl:types>
  <wsdl:message name="in"><wsdl:part name="key" element="o:Session_Key"/>
    <wsdl:part name="p" element="o:LogInRequest"/></wsdl:message>
  <wsdl:portType name="Port">
    <wsdl:operation name="Log-In"><wsdl:input message="t:in"/></wsdl:operation>
  </wsdl:portType>
  <wsdl:binding name="B" type="t:Port"><soap:binding transport="t"/>
    <wsdl:operation name="Log-In"><soap:operation soapAction="urn:other#login"/></wsdl:operation>
  </wsdl:binding>
  <wsdl:binding name="B12" type="t:Port"><soap12:binding transport="t"/>
    <wsdl:operation name="Log-In"><soap12:operation soapAction="urn:other#login12"/>
    </wsdl:operation>
  </wsdl:binding>
</wsdl:definitions>
"""

ONLY_1_2 = (
    '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"><binding name="B">'
    '<b:binding xmlns:b="http://schemas.xmlsoap.org/wsdl/soap12/"/></binding></definitions>'
)
