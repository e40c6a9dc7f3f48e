"""Calls every operation of the SOAP service with zeep and prints what came back,
one line of JSON a call.

    SOAP_WSDL=https://mattebox.example/soap.asmx?WSDL DEVELOPER_EMAIL=... DEVELOPER_KEY=... \\
    CONTACT_EMAIL=new@shop.example PICTURE_URL=https://... MISSING_URL=https://... python3 client.py

SOAP_VERSION is 1.1, or 1.2. MISSING_URL is an address where there is no picture.
Debian has zeep as python3-zeep.
"""

import json
import os
import time

import zeep
import zeep.exceptions
import zeep.helpers
from lxml import etree
from zeep.wsdl.bindings.soap import Soap12Binding

client = zeep.Client(os.environ["SOAP_WSDL"])


def bound(version):
    """The service at its port for the version of SOAP, and the names of its operations."""
    for service in client.wsdl.services.values():
        for port in service.ports.values():
            if isinstance(port.binding, Soap12Binding) == (version == "1.2"):
                return client.bind(service.name, port.name), port.binding.all()
    raise LookupError(f"the WSDL has no port for SOAP {version}")


version = os.environ.get("SOAP_VERSION", "1.1")
service, operations = bound(version)


def tell(step, answer):
    print(json.dumps({"step": step, "answer": answer}, default=str), flush=True)


def told(step, fields):
    """Calls the operation that the step begins with. Faults arrive as
    zeep.exceptions.Fault, everything that the service refuses as an ErrorCode other
    than NoError."""
    result = service[step.split()[0]](**fields)
    tell(step, zeep.helpers.serialize_object(result, dict))
    return result


def standing(auth, ticket, status):
    """Asks until the image stands at the status."""
    deadline = time.monotonic() + 120
    while True:
        result = service.GetImageStatus(**auth, imageTicket=ticket)
        if result.ErrorCode == "NoError" and result.ImageStatus.StatusId == status:
            return
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited for status {status} in vain: {result}")
        time.sleep(0.2)


# A developer opens an account for a customer, and orders in the customer's name.
developer = {"developerEmail": os.environ["DEVELOPER_EMAIL"], "developerAPIkey": os.environ["DEVELOPER_KEY"]}
person = {"contactEmail": os.environ["CONTACT_EMAIL"], "contactName": "Zoë Ångström", "countryCode": "DK"}
contact = told("AddContact", {**developer, **person})
told("AddContact again", {**developer, **person})
auth = {"contactEmail": contact.ContactEmail, "contactAPIkey": contact.ContactAPIkey}
wrong = {"contactEmail": contact.ContactEmail, "contactAPIkey": "00000000-0000-4000-8000-000000000000"}

told("EditContact", {**auth, "contactCompany": "Käse & Söhne <A/S>", "contactCity": "København", "isReceivedNewslater": "false"})
told("EditContact refused", wrong)
told("GetContactDetailed refused", wrong)

told("GetTemplates one", auth)
template = told("AddTemplate", {
    **auth,
    "templateName": "Shop (front) 1", "templateOutputFormat": "JPG", "deliveryTimeInHour": "24",
    "backgroundType": "0", "resizeType": "3", "resizeMinSize": "10", "resizeMaxSize": "2000", "comment": "a < b & c",
})
told("AddTemplate refused", {**auth, "templateOutputFormat": "JPG", "deliveryTimeInHour": "24", "backgroundType": "0"})
told("GetTemplateSpec", {**auth, "templateId": template.TemplateId})
told("GetTemplateSpec refused", {**auth, "templateId": "1"})
told("GetTemplates", auth)
told("GetTemplates refused", wrong)

told("GetImagesList empty", auth)
told("GetProductIdsList empty", auth)
told("GetInvoiceList empty", auth)
told("CountImages none", auth)

# An order with everything, one with what it needs, one whose picture is not there.
order = {**auth, "templateId": template.TemplateId, "imageURL": os.environ["PICTURE_URL"]}
full = told("AddImageToQueue", {
    **order,
    "developerAPIkey": os.environ["DEVELOPER_KEY"], "imageURL2": "", "customerFolder": None, "customerImageId": "SKU 1/ä", "productId": "P-2", "instruction": "As it is.",
    "additionalResourceFileURLs": {"string": ["https://shop.example/notes.pdf"]},
    "colorwayIds": {"int": []},
    "colorChangeRequests": {"ColorChangeRequest": [{"customerImageColorID": "red", "outputFileName": "red.jpg"}]},
})
plain = told("AddImageToQueue plain", order)
missing = told("AddImageToQueue missing", {
    **order,
    "imageURL": os.environ["MISSING_URL"], "customerImageId": "missing", "productId": "P-1",
    "colorwayIds": {"int": [7, 8]},
})
told("AddImageToQueue refused", auth)
standing(auth, missing.ImageTicket, 12)
told("GetImageStatus missing", {**auth, "imageTicket": missing.ImageTicket})
told("GetImageStatus nonticket", {**auth, "imageTicket": "nonticket", "customerImageId": "missing"})
told("GetImageStatus refused", {**auth, "imageTicket": "00000000-0000-4000-8000-000000000000"})
told("GetImagesList one", {**auth, "productId": "P-1"})
told("GetImagesList refused", {**auth, "sortBy": "beauty"})
told("RejectProcessedImage refused", {**auth, "imageTicket": missing.ImageTicket, "comment": "Too early."})
unwanted = told("AddPartnerImageToQueue", {**order, "applicationCode": os.environ["DEVELOPER_KEY"], "imageURL": os.environ["MISSING_URL"]})
told("AddPartnerImageToQueue refused", {**order, "applicationCode": "00000000-0000-4000-8000-000000000000"})
told("DeleteImageFromQueue", {**auth, "imageTicket": unwanted.ImageTicket})

standing(auth, full.ImageTicket, 70)
standing(auth, plain.ImageTicket, 70)
told("GetImageStatus", {**auth, "imageTicket": full.ImageTicket})
told("DeleteImageFromQueue refused", {**auth, "imageTicket": full.ImageTicket})
told("RejectProcessedImage", {**auth, "imageTicket": plain.ImageTicket, "comment": "Brighter, please."})
standing(auth, plain.ImageTicket, 66)

told("GetImagesList", {**auth, "sortBy": "id", "isDescending": "false"})
told("CountImages", auth)
told("GetProductIdsList", {**auth, "page": "1", "productIdsPerPage": "100"})
told("GetProductIdsList one", {**auth, "page": "2", "productIdsPerPage": "1"})
told("GetProductIdsList refused", wrong)
told("CountImages refused", {**auth, "fromDate": "yesterday"})
told("GetContactDetailed", auth)

self = {"contactEmail": developer["developerEmail"], "contactAPIkey": developer["developerAPIkey"]}
told("GetInvoiceList", self)
told("GetInvoiceList refused", {**self, "page": "last"})

# What is no request that the service understands comes back as a fault: here one with
# a header that asks too much, for every operation of the WSDL.
envelope = {"1.1": "http://schemas.xmlsoap.org/soap/envelope/", "1.2": "http://www.w3.org/2003/05/soap-envelope"}[version]
header = etree.Element("{http://shop.example/}Transaction")
header.set("{%s}mustUnderstand" % envelope, "1")
for operation in operations:
    try:
        service[operation](_soapheaders=[header])
    except zeep.exceptions.Fault as fault:
        tell(f"fault {operation}", {"code": fault.code, "string": fault.message})
