// Calls every operation of the SOAP service through a proxy that .NET generates from
// the WSDL, and prints what came back, one line of JSON a call.
//
//   wsdl -namespace:Mattebox -out:Proxy.cs https://mattebox.example/soap.asmx?WSDL
//   mcs -out:client.exe -r:System.Web.Services.dll Proxy.cs Client.cs
//   SOAP_WSDL=https://mattebox.example/soap.asmx?WSDL DEVELOPER_EMAIL=... DEVELOPER_KEY=... \
//   CONTACT_EMAIL=new@shop.example PICTURE_URL=https://... MISSING_URL=https://... mono client.exe
//
// SOAP_VERSION is 1.1, or 1.2. MISSING_URL is an address where there is no picture.
// Debian has wsdl in mono-devel.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text;
using System.Threading;
using System.Web.Services.Protocols;
using System.Xml;
using System.Xml.Serialization;
using Mattebox;

static class Client
{
    const string NoKey = "00000000-0000-4000-8000-000000000000";

    static readonly TextWriter console = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false)) { AutoFlush = true };
    static readonly RemoveTheBackground service = new RemoveTheBackground
    {
        Url = Env("SOAP_WSDL").Split('?')[0],
        SoapVersion = Env("SOAP_VERSION") == "1.2" ? SoapProtocolVersion.Soap12 : SoapProtocolVersion.Soap11,
    };

    static string Env(string name) { return Environment.GetEnvironmentVariable(name); }

    // Told prints a result. Faults arrive as SoapException, everything that the
    // service refuses as an ErrorCode other than NoError.
    static T Told<T>(string step, T answer)
    {
        console.WriteLine("{{\"step\": {0}, \"answer\": {1}}}", Json.Text(step), Json.Of(answer));
        return answer;
    }

    // Standing asks until the image stands at the status.
    static void Standing(string email, string key, Guid ticket, int status)
    {
        for (var deadline = DateTime.UtcNow.AddMinutes(2); ; Thread.Sleep(200))
        {
            var result = service.GetImageStatus(email, key, ticket.ToString(), null);
            if (result.ErrorCode == ErrorCode.NoError && result.ImageStatus.StatusId == status) return;
            if (DateTime.UtcNow > deadline) throw new TimeoutException("waited for status " + status + " in vain: " + Json.Of(result));
        }
    }

    static void Main()
    {
        // A developer opens an account for a customer, and orders in the customer's name.
        string developer = Env("DEVELOPER_EMAIL"), developerKey = Env("DEVELOPER_KEY"), email = Env("CONTACT_EMAIL");
        var contact = Told("AddContact", AddContact(developer, developerKey, email));
        Told("AddContact again", AddContact(developer, developerKey, email));
        var key = contact.ContactAPIkey.ToString();

        Told("EditContact", EditContact(email, key, "Käse & Söhne <A/S>", "København"));
        Told("EditContact refused", EditContact(email, NoKey, null, null));
        Told("GetContactDetailed refused", service.GetContactDetailed(email, NoKey));

        Told("GetTemplates one", service.GetTemplates(email, key));
        var template = Told("AddTemplate", AddTemplate(email, key, "Shop (front) 1"));
        Told("AddTemplate refused", AddTemplate(email, key, null));
        var templateId = template.TemplateId.ToString();
        Told("GetTemplateSpec", service.GetTemplateSpec(email, key, templateId));
        Told("GetTemplateSpec refused", service.GetTemplateSpec(email, key, "1"));
        Told("GetTemplates", service.GetTemplates(email, key));
        Told("GetTemplates refused", service.GetTemplates(email, NoKey));

        Told("GetImagesList empty", service.GetImagesList(email, key, null, null, null, null, null, null, null, null, null));
        Told("GetProductIdsList empty", service.GetProductIdsList(email, key, null, null));
        Told("GetInvoiceList empty", service.GetInvoiceList(email, key, null, null, null, null));
        Told("CountImages none", service.CountImages(email, key, null, null, null));

        // An order with everything, one with what it needs, one whose picture is not there.
        var picture = Env("PICTURE_URL");
        var full = Told("AddImageToQueue", AddImage(email, key, developerKey, templateId, picture, "SKU 1/ä", "P-2", new int[0]));
        var plain = Told("AddImageToQueue plain", AddImage(email, key, null, templateId, picture, null, null, null));
        var missing = Told("AddImageToQueue missing", AddImage(email, key, null, templateId, Env("MISSING_URL"), "missing", "P-1", new[] { 7, 8 }));
        Told("AddImageToQueue refused", AddImage(email, key, null, null, null, null, null, null));
        Standing(email, key, missing.ImageTicket, 12);
        Told("GetImageStatus missing", service.GetImageStatus(email, key, missing.ImageTicket.ToString(), null));
        Told("GetImageStatus nonticket", service.GetImageStatus(email, key, "nonticket", "missing"));
        Told("GetImageStatus refused", service.GetImageStatus(email, key, NoKey, null));
        Told("GetImagesList one", service.GetImagesList(email, key, null, null, "P-1", null, null, null, null, null, null));
        Told("GetImagesList refused", service.GetImagesList(email, key, null, null, null, null, null, null, null, "beauty", null));
        Told("RejectProcessedImage refused", service.RejectProcessedImage(email, key, missing.ImageTicket.ToString(), "Too early.", null, null));
        var unwanted = Told("AddPartnerImageToQueue", AddPartnerImage(email, key, developerKey, templateId, Env("MISSING_URL")));
        Told("AddPartnerImageToQueue refused", AddPartnerImage(email, key, NoKey, templateId, picture));
        Told("DeleteImageFromQueue", service.DeleteImageFromQueue(email, key, unwanted.ImageTicket.ToString(), null));

        Standing(email, key, full.ImageTicket, 70);
        Standing(email, key, plain.ImageTicket, 70);
        Told("GetImageStatus", service.GetImageStatus(email, key, full.ImageTicket.ToString(), null));
        Told("DeleteImageFromQueue refused", service.DeleteImageFromQueue(email, key, full.ImageTicket.ToString(), null));
        Told("RejectProcessedImage", service.RejectProcessedImage(email, key, plain.ImageTicket.ToString(), "Brighter, please.", null, null));
        Standing(email, key, plain.ImageTicket, 66);

        Told("GetImagesList", service.GetImagesList(email, key, null, null, null, null, null, null, null, "id", "false"));
        Told("CountImages", service.CountImages(email, key, null, null, null));
        Told("GetProductIdsList", service.GetProductIdsList(email, key, "1", "100"));
        Told("GetProductIdsList one", service.GetProductIdsList(email, key, "2", "1"));
        Told("GetProductIdsList refused", service.GetProductIdsList(email, NoKey, null, null));
        Told("CountImages refused", service.CountImages(email, key, null, "yesterday", null));
        Told("GetContactDetailed", service.GetContactDetailed(email, key));

        Told("GetInvoiceList", service.GetInvoiceList(developer, developerKey, null, null, null, null));
        Told("GetInvoiceList refused", service.GetInvoiceList(developer, developerKey, null, null, "last", null));

        // What is no request that the service understands comes back as a fault: here one
        // with a header that asks too much, for every operation of the WSDL.
        var demanding = new Demanding { Url = service.Url, SoapVersion = service.SoapVersion };
        foreach (var call in typeof(RemoveTheBackground).GetMethods())
        {
            if (call.IsDefined(typeof(SoapDocumentMethodAttribute), false))
                Fault("fault " + call.Name, () => call.Invoke(demanding, new object[call.GetParameters().Length]));
        }
        Fault("fault unknown", new Strange { Url = service.Url, SoapVersion = service.SoapVersion }.NoSuchOperation);
    }

    static void Fault(string step, Action call)
    {
        try
        {
            try { call(); }
            catch (TargetInvocationException e) { throw e.InnerException; }
        }
        catch (SoapException fault)
        {
            Told(step, new Dictionary<string, string> { { "code", fault.Code.Name }, { "string", fault.Message } });
        }
    }

    static NewContactResult AddContact(string developer, string developerKey, string email)
    {
        return service.AddContact(developerEmail: developer, developerAPIkey: developerKey, contactEmail: email,
            contactName: "Zoë Ångström", countryCode: "DK", contactAddress1: null, contactAddress2: null,
            contactPhone: null, contactCity: null, contactState: null, contactZipCode: null);
    }

    static EditContactResult EditContact(string email, string key, string company, string city)
    {
        return service.EditContact(contactEmail: email, contactAPIkey: key, contactName: null, contactCompany: company,
            contactAddress1: null, contactAddress2: null, contactZipCode: null, contactCity: city, contactState: null,
            contactPhone: null, timezoneIndex: null, billingEmail: null, billingAddress1: null, billingAddress2: null,
            billingZipCode: null, billingCity: null, billingState: null, euVatNumber: null, isReceivedNewslater: "false");
    }

    static NewTemplateResult AddTemplate(string email, string key, string name)
    {
        return service.AddTemplate(contactEmail: email, contactAPIkey: key, templateName: name, templateOutputFormat: "JPG",
            deliveryTimeInHour: "24", backgroundType: "0", backgroundColor: null, backgroundVerticalGradientColor: null,
            resizeType: "3", resizeUnit: null, resizeHeight: null, resizeWidth: null, resizeMinSize: "10", resizeMaxSize: "2000",
            marginType: null, marginTop: null, marginBottom: null, marginLeft: null, marginRight: null,
            marginVerticalAlignment: null, shadowType: null, isCombinedImages: null, callbackUrl: null, comment: "a < b & c",
            isKeptMannequin: null, isKeptModel: null, dpi: null, allowUpscale: null);
    }

    static AddImageResult AddImage(string email, string key, string developerKey, string template, string picture, string id, string product, int[] colorways)
    {
        var color = new ColorChangeRequest { customerImageColorID = "red", outputFileName = "red.jpg" };
        return service.AddImageToQueue(contactEmail: email, contactAPIkey: key, developerAPIkey: developerKey, templateId: template,
            imageURL: picture, imageURL2: "", imageURL3: null, imageURL4: null, imageURL5: null, colorReferenceFileURL: null,
            additionalResourceFileURL: null, additionalResourceFileURLs: new[] { "https://shop.example/notes.pdf" },
            imageRequestedDeliveryTimeInHours: null, imageCallbackURL: null, customerImageId: id, productId: product,
            customerFolder: null, imageDeadlineDateTimeUTC: null, instruction: "As it is.", colorwayIds: colorways,
            colorChangeRequests: new[] { color }, comment: null, outputFileName: null, markupImageUrl: null,
            swatchImageURL: null, swatchColorCode: null, markerX: null, markerY: null, customerImageColorID: null);
    }

    static AddImageResult AddPartnerImage(string email, string key, string code, string template, string picture)
    {
        return service.AddPartnerImageToQueue(contactEmail: email, contactAPIkey: key, applicationCode: code, templateId: template,
            imageURL: picture, imageURL2: null, imageURL3: null, imageURL4: null, imageURL5: null, additionalResourceFileURL: null,
            imageRequestedDeliveryTimeInHours: null, imageCallbackURL: null, customerImageId: null, productId: null,
            customerFolder: null, imageDeadlineDateTimeUTC: null);
    }
}

// Transaction is a header that the service does not know.
[XmlRoot(Namespace = "http://shop.example/")]
public class Transaction : SoapHeader
{
    [XmlText] public string Number = "7";
}

// Demanding is the proxy with a header that the service has to understand.
public class Demanding : RemoveTheBackground
{
    protected override XmlWriter GetWriterForMessage(SoapClientMessage message, int bufferSize)
    {
        message.Headers.Add(new Transaction { MustUnderstand = true });
        return base.GetWriterForMessage(message, bufferSize);
    }
}

// Strange calls what the service does not have.
[System.Web.Services.WebServiceBinding(Name = "Strange", Namespace = Space)]
public class Strange : SoapHttpClientProtocol
{
    const string Space = "http://removethebackground.com/";

    [SoapDocumentMethod(Space + "NoSuchOperation", RequestNamespace = Space, ResponseNamespace = Space)]
    public void NoSuchOperation() { Invoke("NoSuchOperation", new object[0]); }
}

// Json writes what a proxy returned.
static class Json
{
    public static string Of(object value)
    {
        if (value == null) return "null";
        if (value is bool) return (bool)value ? "true" : "false";
        if (value is string || value is Enum) return Text(value.ToString());
        if (value is IFormattable) return Text(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture));
        var named = value as IDictionary<string, string>;
        if (named != null) return Object(named.Select(p => Member(p.Key, p.Value)));
        var list = value as IEnumerable;
        if (list != null) return "[" + string.Join(", ", list.Cast<object>().Select(Of)) + "]";
        return Object(value.GetType().GetProperties().Select(p => Member(p.Name, p.GetValue(value, null))));
    }

    static string Object(IEnumerable<string> members) { return "{" + string.Join(", ", members) + "}"; }

    static string Member(string name, object value) { return Text(name) + ": " + Of(value); }

    public static string Text(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            if (c == '"' || c == '\\' || c < ' ') quoted.AppendFormat("\\u{0:x4}", (int)c);
            else quoted.Append(c);
        }
        return quoted.Append('"').ToString();
    }
}
