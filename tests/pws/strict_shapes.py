"""The shapes of SOAP requests as the reference tells them: a schema, and a description with it."""

NAMESPACE = "urn:cisco:cup:presence:soap"
XSD = "http://www.w3.org/2001/XMLSchema"

_TYPES = """
<xs:element name="session-key" type="xs:string"/>
<xs:complexType name="contacts"><xs:sequence>
  <xs:element name="contact" minOccurs="0" maxOccurs="5000"><xs:complexType>
    <xs:attribute name="contactURI" type="xs:string" use="required"/>
  </xs:complexType></xs:element>
</xs:sequence></xs:complexType>
<xs:element name="login"><xs:complexType><xs:sequence>
  <xs:element name="username" type="xs:string"/>
  <xs:choice>
    <xs:element name="password" type="xs:string"/>
    <xs:element name="app-session-id" type="xs:string"/>
  </xs:choice>
  <xs:element name="force" type="xs:boolean" minOccurs="0"/>
</xs:sequence></xs:complexType></xs:element>
<xs:element name="logout"><xs:complexType/></xs:element>
<xs:element name="registerEndPoint"><xs:complexType><xs:sequence>
  <xs:element name="url" type="xs:anyURI" minOccurs="0"/>
  <xs:element name="endPointID" type="xs:int"/>
  <xs:element name="expiration" type="xs:int"/>
</xs:sequence></xs:complexType></xs:element>
<xs:element name="unregisterEndPoint"><xs:complexType><xs:sequence>
  <xs:element name="endPointID" type="xs:int"/>
</xs:sequence></xs:complexType></xs:element>
<xs:element name="subscribe"><xs:complexType><xs:sequence>
  <xs:element name="subscriptionID" type="xs:int"/>
  <xs:element name="subscriptionType" type="xs:string"/>
  <xs:element name="endPointID" type="xs:int"/>
  <xs:element name="expiration" type="xs:int" minOccurs="0"/>
  <xs:element name="contactsList" type="t:contacts" minOccurs="0"/>
</xs:sequence></xs:complexType></xs:element>
<xs:element name="unsubscribe"><xs:complexType><xs:sequence>
  <xs:element name="unsubscribeRequest"><xs:complexType><xs:sequence>
    <xs:element name="subscriptionID" type="xs:int"/>
    <xs:choice>
      <xs:element name="contactsList" type="t:contacts"/>
      <xs:element name="unsubscribeAll" type="xs:boolean"/>
    </xs:choice>
  </xs:sequence></xs:complexType></xs:element>
</xs:sequence></xs:complexType></xs:element>
<xs:element name="getSubscribedPresence"><xs:complexType><xs:sequence>
  <xs:element name="subscriptionID" type="xs:int"/>
  <xs:element name="presenceType" type="xs:string"/>
</xs:sequence></xs:complexType></xs:element>
<xs:element name="getPolledPresence"><xs:complexType><xs:sequence>
  <xs:element name="presenceType" type="xs:string"/>
  <xs:element name="contactsList" type="t:contacts"/>
</xs:sequence></xs:complexType></xs:element>
<xs:element name="setPresence"><xs:complexType><xs:sequence>
  <xs:element name="presenceType" type="xs:string"/>
  <xs:element name="expiration" type="xs:int"/>
  <xs:element name="presenceInfo"><xs:complexType><xs:sequence>
    <xs:element name="override" type="xs:boolean"/>
    <xs:element name="basicPresence" type="xs:string" minOccurs="0"/>
    <xs:element name="richPresence" type="xs:string" minOccurs="0"/>
  </xs:sequence></xs:complexType></xs:element>
</xs:sequence></xs:complexType></xs:element>
"""
OPERATIONS = (
    "login",
    "logout",
    "registerEndPoint",
    "unregisterEndPoint",
    "subscribe",
    "unsubscribe",
    "getSubscribedPresence",
    "getPolledPresence",
    "setPresence",
)


def schema(form: str = "qualified") -> str:
    return (
        f'<xs:schema xmlns:xs="{XSD}" xmlns:t="{NAMESPACE}" targetNamespace="{NAMESPACE}"'
        f' elementFormDefault="{form}">{_TYPES}</xs:schema>'
    )


def wsdl(form: str) -> str:
    messages = "".join(
        f'<w:message name="{name}Message"><w:part name="body" element="t:{name}"/></w:message>'
        for name in OPERATIONS
    )
    operations = "".join(
        f'<w:operation name="{name}"><w:input message="t:{name}Message"/></w:operation>'
        for name in OPERATIONS
    )
    return (
        f'<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/" xmlns:t="{NAMESPACE}"'
        ' xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" name="PresenceSoapService"'
        f' targetNamespace="{NAMESPACE}"><w:types>{schema(form)}</w:types>{messages}'
        f'<w:portType name="PresenceSoapPortType">{operations}</w:portType>'
        '<w:binding name="PresenceSoap" type="t:PresenceSoapPortType"><s:binding/></w:binding>'
        '<w:service name="PresenceSoapService"><w:port name="PresenceSoap"'
        ' binding="t:PresenceSoap"/></w:service></w:definitions>'
    )
