using System;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;

internal static class Receiver
{
    private static void Main()
    {
        TcpListener probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        string address = "http://127.0.0.1:" + ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        HttpListener listener = new HttpListener();
        listener.Prefixes.Add(address + "/");
        listener.Start();
        Console.WriteLine("listening (" + address + ")");
        while (true)
        {
            Answer(listener.GetContext(), Environment.GetEnvironmentVariable("WEBHOOK_SECRET"));
        }
    }

    private static void Answer(HttpListenerContext context, string secret)
    {
        MemoryStream raw = new MemoryStream();
        context.Request.InputStream.CopyTo(raw);
        NameValueCollection headers = context.Request.Headers;
        byte[] body = raw.ToArray();
        List<string> verdicts = new List<string>();
        if (Webhooks.VerifyStandard(secret, headers, body)) { verdicts.Add("standard"); }
        if (Webhooks.VerifyRtb(secret, headers, body)) { verdicts.Add("rtb"); }
        if (Webhooks.VerifyHwr(secret, headers, body)) { verdicts.Add("hwr"); }
        if (Webhooks.VerifyVideo(secret, headers, body)) { verdicts.Add("video"); }
        byte[] answer = Encoding.ASCII.GetBytes(string.Join(" ", verdicts));
        context.Response.StatusCode = verdicts.Count > 0 ? 200 : 403;
        context.Response.ContentLength64 = answer.Length;
        context.Response.OutputStream.Write(answer, 0, answer.Length);
        context.Response.Close();
    }
}
