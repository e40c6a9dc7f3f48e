// Lists the account's templates through what JAX-WS generates from the WSDL, and shows
// how refusals and faults arrive.
//
//   wsimport -Xnocompile -p mattebox "https://mattebox.example/soap.asmx?WSDL"
//   javac -cp '.:/usr/share/jaxws/lib/*' Client.java mattebox/*.java
//   SOAP_WSDL=https://mattebox.example/soap.asmx?WSDL CONTACT_EMAIL=... CONTACT_KEY=... \
//   java -cp '.:/usr/share/jaxws/lib/*' Client
//
// Debian has wsimport in jaxws; Java itself left JAX-WS out from version 11 on.
import java.net.URL;
import javax.xml.ws.BindingProvider;
import javax.xml.ws.soap.SOAPFaultException;
import mattebox.ErrorCode;
import mattebox.Money;
import mattebox.RemoveTheBackground;
import mattebox.RemoveTheBackgroundSoap;
import mattebox.Template;
import mattebox.TemplatesResult;

public class Client {
    public static void main(String[] arguments) throws Exception {
        String email = System.getenv("CONTACT_EMAIL"), key = System.getenv("CONTACT_KEY");
        RemoveTheBackgroundSoap service = new RemoveTheBackground(new URL(System.getenv("SOAP_WSDL"))).getRemoveTheBackgroundSoap();

        TemplatesResult result = service.getTemplates(email, key);
        if (result.getErrorCode() != ErrorCode.NO_ERROR) {
            throw new IllegalStateException(result.getErrorCode().value() + ": " + result.getMessage());
        }
        for (Template template : result.getTemplates().getTemplate()) {
            Money price = template.getPrices().getPrice().get(0);
            System.out.printf("%d %s %s %s%n", template.getTemplateId(), template.getTemplateName(), price.getValue(), price.getCurrency());
        }

        // What the service refuses is an ErrorCode.
        System.out.println("refused: " + service.getTemplates(email, "00000000-0000-4000-8000-000000000000").getErrorCode().value());

        // What is no request that it understands is a fault.
        ((BindingProvider) service).getRequestContext().put(BindingProvider.SOAPACTION_URI_PROPERTY, "http://removethebackground.com/NoSuchOperation");
        ((BindingProvider) service).getRequestContext().put(BindingProvider.SOAPACTION_USE_PROPERTY, true);
        try {
            service.getTemplates(email, key);
        } catch (SOAPFaultException fault) {
            System.out.println("fault: " + fault.getFault().getFaultCodeAsQName().getLocalPart());
        }
    }
}
