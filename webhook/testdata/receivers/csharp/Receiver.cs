// A webhook receiver around CallBack.cs, which is the seed's C# sample as printed
// below two using lines.
//
//   mcs -out:receiver.exe CallBack.cs Receiver.cs
//   RTB_SECRET=... RTB_JOURNAL=FILE mono receiver.exe [PORT]
//
// It answers 200 when the sample's VerifyWebhook says yes, else 403, and appends one
// line of JSON to the journal: {"verified":true,"body":"..."}. When it is ready it
// says "listening (http://127.0.0.1:PORT)".
using System;
using System.Collections.Specialized;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace System.Web.UI
{
    // What the sample uses of ASP.NET's page, over a request of HttpListener.
    public class PageRequest
    {
        private readonly HttpListenerRequest request;

        public PageRequest(HttpListenerRequest request) { this.request = request; }

        public NameValueCollection Headers { get { return request.Headers; } }

        public int ContentLength { get { return (int)request.ContentLength64; } }

        public byte[] BinaryRead(int count)
        {
            byte[] data = new byte[count];
            int have = 0;
            while (have < count)
            {
                int n = request.InputStream.Read(data, have, count - have);
                if (n == 0) { throw new EndOfStreamException(); }
                have += n;
            }
            return data;
        }
    }

    public class Page
    {
        public PageRequest Request;
    }
}

// The other half of the sample's class, which reaches its private methods.
public partial class CallBack
{
    internal static bool Check(HttpListenerRequest request, string secret, out byte[] body)
    {
        CallBack page = new CallBack();
        page.Request = new System.Web.UI.PageRequest(request);
        body = page.Request.BinaryRead(page.Request.ContentLength);
        string header = page.Request.Headers["HTTP_X_RTB_PARTNER_HMAC_SHA256"];
        return page.VerifyWebhook(secret ?? appCode, body, header);
    }
}

internal static class Receiver
{
    private static void Main(string[] args)
    {
        string address = "http://127.0.0.1:" + (args.Length > 0 ? args[0] : FreePort());
        HttpListener listener = new HttpListener();
        listener.Prefixes.Add(address + "/");
        listener.Start();
        Console.WriteLine("listening (" + address + ")");
        while (true)
        {
            Answer(listener.GetContext());
        }
    }

    // HttpListener cannot be told to choose a port itself.
    private static string FreePort()
    {
        TcpListener probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        int port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        return port.ToString();
    }

    private static void Answer(HttpListenerContext context)
    {
        byte[] body;
        bool verified = CallBack.Check(context.Request, Environment.GetEnvironmentVariable("RTB_SECRET"), out body);
        string journal = Environment.GetEnvironmentVariable("RTB_JOURNAL");
        if (journal != null)
        {
            File.AppendAllText(journal, "{\"verified\":" + (verified ? "true" : "false") + ",\"body\":" + Quote(body) + "}\n");
        }
        byte[] answer = Encoding.ASCII.GetBytes(verified ? "verified" : "refused");
        context.Response.StatusCode = verified ? 200 : 403;
        context.Response.ContentLength64 = answer.Length;
        context.Response.OutputStream.Write(answer, 0, answer.Length);
        context.Response.Close();
    }

    private static string Quote(byte[] body)
    {
        StringBuilder quoted = new StringBuilder("\"");
        foreach (char c in Encoding.UTF8.GetString(body))
        {
            if (c < ' ' || c > '~' || c == '"' || c == '\\') { quoted.AppendFormat("\\u{0:x4}", (int)c); }
            else { quoted.Append(c); }
        }
        return quoted.Append('"').ToString();
    }
}
