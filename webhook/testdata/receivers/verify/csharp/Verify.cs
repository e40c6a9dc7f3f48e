// All functions take the secret, the request's headers (their names in any case) and
// the raw body.
using System;
using System.Collections.Specialized;
using System.Globalization;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

public static class Webhooks
{
    // Standard Webhooks: sent with every webhook. One signature for each secret in force.
    public static bool VerifyStandard(string secret, NameValueCollection headers, byte[] body, int tolerance = 300)
    {
        string time = headers["webhook-timestamp"];
        long seconds;
        if (!long.TryParse(time, out seconds) || Math.Abs(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - seconds) > tolerance)
        {
            return false;
        }
        string expected = "v1," + Convert.ToBase64String(Mac(secret, headers["webhook-id"] + "." + time + ".", body));
        return (headers["webhook-signature"] ?? "").Split(' ').Any(given => Same(expected, given));
    }

    // Finished images. The role is customer or partner: whose secret it is.
    public static bool VerifyRtb(string secret, NameValueCollection headers, byte[] body, string role = "customer")
    {
        return Same(Convert.ToBase64String(Mac(secret, "", body)), headers["x-rtb-" + role + "-hmac-sha256"]);
    }

    // Developers' webhooks.
    public static bool VerifyHwr(string secret, NameValueCollection headers, byte[] body)
    {
        return Same(Hex(Mac(secret, "", body)), headers["x-hwr-signature"]);
    }

    // Video jobs.
    public static bool VerifyVideo(string secret, NameValueCollection headers, byte[] body, int tolerance = 300)
    {
        string time = headers["x-webhook-timestamp"];
        DateTimeOffset sent;
        if (!DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out sent)
            || Math.Abs((DateTimeOffset.UtcNow - sent).TotalSeconds) > tolerance)
        {
            return false;
        }
        return Same("sha256=" + Hex(Mac(secret, time + ".", body)), headers["x-webhook-signature"]);
    }

    private static byte[] Mac(string secret, string before, byte[] body)
    {
        using (HMACSHA256 hmac = new HMACSHA256(Encoding.UTF8.GetBytes(secret)))
        {
            return hmac.ComputeHash(Encoding.UTF8.GetBytes(before).Concat(body).ToArray());
        }
    }

    private static string Hex(byte[] bytes)
    {
        return BitConverter.ToString(bytes).Replace("-", "").ToLowerInvariant();
    }

    // Takes the same time wherever the first difference is.
    private static bool Same(string expected, string given)
    {
        if (given == null || given.Length != expected.Length)
        {
            return false;
        }
        int difference = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            difference |= expected[i] ^ given[i];
        }
        return difference == 0;
    }
}
