/* Lists the account's templates through what gSOAP generates from the WSDL, and shows
 * how refusals and faults arrive.
 *
 *   wsdl2h -c -o service.h "https://mattebox.example/soap.asmx?WSDL"
 *   soapcpp2 -c -C -L -x service.h
 *   gcc -I. -o client client.c soapC.c soapClient.c -lgsoap
 *   SOAP_URL=https://mattebox.example/soap.asmx CONTACT_EMAIL=... CONTACT_KEY=... ./client
 *
 * Debian has the generators in gsoap and the library in libgsoap-dev; an https address
 * needs -DWITH_OPENSSL and -lgsoapssl -lssl -lcrypto.
 */
#include <stdio.h>
#include <stdlib.h>
#include "RemoveTheBackgroundSoap.nsmap"
#include "soapH.h"

static const char *const noKey = "00000000-0000-4000-8000-000000000000";

static struct ns1__TemplatesResult *templates(struct soap *soap, const char *key)
{
	struct _ns1__GetTemplates request = {.contactEmail = getenv("CONTACT_EMAIL"), .contactAPIkey = (char *)key};
	struct _ns1__GetTemplatesResponse response;

	if (soap_call___ns1__GetTemplates(soap, getenv("SOAP_URL"), NULL, &request, &response) != SOAP_OK) {
		soap_print_fault(soap, stderr);
		exit(1);
	}
	return response.GetTemplatesResult;
}

int main(void)
{
	struct soap *soap = soap_new1(SOAP_XML_STRICT | SOAP_C_UTFSTRING);
	struct ns1__TemplatesResult *result = templates(soap, getenv("CONTACT_KEY"));

	if (result->ErrorCode != ns1__ErrorCode__NoError) {
		fprintf(stderr, "%s: %s\n", soap_ns1__ErrorCode2s(soap, result->ErrorCode), result->Message);
		return 1;
	}
	for (int i = 0; i < result->Templates->__sizeTemplate; i++) {
		struct ns1__Template *t = result->Templates->Template + i;
		struct ns1__Money *price = t->Prices->Price;
		printf("%d %s %s %s\n", t->TemplateId, t->TemplateName, price->__item, price->Currency);
	}

	/* What the service refuses is an ErrorCode. */
	printf("refused: %s\n", soap_ns1__ErrorCode2s(soap, templates(soap, noKey)->ErrorCode));

	/* What is no request that it understands is a fault. */
	struct _ns1__GetTemplates request = {NULL, NULL};
	struct _ns1__GetTemplatesResponse response;
	if (soap_call___ns1__GetTemplates(soap, getenv("SOAP_URL"), "http://removethebackground.com/NoSuchOperation", &request, &response) != SOAP_OK)
		printf("fault: %s\n", *soap_faultcode(soap));

	soap_destroy(soap);
	soap_end(soap);
	soap_free(soap);
	return 0;
}
