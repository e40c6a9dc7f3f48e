using System;
using System.Security.Cryptography;

public partial class CallBack : System.Web.UI.Page
{
private const string appCode = "my_application_secret_code";
protected void Page_Load(object sender, EventArgs e)
{
string hmacHeader = Request.Headers["HTTP_X_RTB_PARTNER_HMAC_SHA256"];
byte[] data = Request.BinaryRead(Request.ContentLength);
if (!VerifyWebhook(appCode, data, hmacHeader))
{
// Write error log
}
}
private bool VerifyWebhook(string key, byte[] data, string hmacHeader)
{
using (HMACSHA256 hmac = new HMACSHA256(GetBytes(key)))
{
string calculatedHmac = Convert.ToBase64String(hmac.ComputeHash(data));
return hmacHeader == calculatedHmac;
}
}
private static byte[] GetBytes(string str)
{
byte[] bytes = new byte[str.Length * sizeof(char)];
System.Buffer.BlockCopy(str.ToCharArray(), 0, bytes, 0, bytes.Length);
return bytes;
}
}
