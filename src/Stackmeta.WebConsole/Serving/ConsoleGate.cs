using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Stackmeta.WebConsole;

/// <summary>
/// Who is let in: whoever has the address with the token, which only the operator's terminal shows. The token comes once; a cookie that no
/// script can read takes its place.
/// </summary>
/// <remarks>
/// <code>
///  Host is a name of loopback?  ── no ──► 421   another site's name that was made to lead here (DNS rebinding)
///  asked by this page itself?   ── no ──► 403   another site's page asks in the operator's name
///  ?token= is right             ──────► 303 to /, with the cookie
///  the cookie is right          ──────► in
///  else                         ──────► 403
/// </code>
/// </remarks>
sealed class ConsoleGate
{
    const string TokenParameter = "token";

    /// <summary>As many bits as the hash has that a guess would be tried against.</summary>
    const int TokenBytes = 32;

    readonly byte[] _token;
    readonly byte[] _session;

    public ConsoleGate()
    {
        Token = RandomNumberGenerator.GetHexString(TokenBytes * 2, lowercase: true);
        Session = RandomNumberGenerator.GetHexString(TokenBytes * 2, lowercase: true);
        _token = Encoding.ASCII.GetBytes(Token);
        _session = Encoding.ASCII.GetBytes(Session);
    }

    /// <summary>What the address on the terminal ends with.</summary>
    public string Token { get; }

    /// <summary>The cookie's value.</summary>
    string Session { get; }

    /// <summary>Judges a request, and sets the cookie of one that brings the token.</summary>
    /// <param name="context">The request.</param>
    /// <param name="port">The console's own, by which its cookie differs from that of another console.</param>
    public Entry Judge(HttpContext context, int port)
    {
        var request = context.Request;
        if (request.Host.Host is not ("127.0.0.1" or "localhost" or "[::1]"))
        {
            return Entry.WrongHost;
        }
        // Every browser that knows the header sends it; 'none' is an address that was typed or clicked outside of any page.
        if (request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "none" or "same-origin"))
        {
            return Entry.Denied;
        }
        var cookie = $"stackmeta-console-{port}";
        if (request.Query[TokenParameter].ToString() is { Length: > 0 } token)
        {
            if (!AreEqual(token, _token))
            {
                return Entry.Denied;
            }
            context.Response.Cookies.Append(
                cookie,
                Session,
                new CookieOptions
                {
                    HttpOnly = true,
                    SameSite = SameSiteMode.Strict,
                    Path = "/",
                    IsEssential = true,
                }
            );
            return Entry.TokenTaken;
        }
        return AreEqual(request.Cookies[cookie] ?? "", _session) ? Entry.In : Entry.Denied;
    }

    /// <summary>In the same time whatever was sent, except for its length.</summary>
    static bool AreEqual(string sent, byte[] expected) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(sent), expected);
}

/// <summary>What the gate says of a request.</summary>
enum Entry
{
    In,

    /// <summary>It brought the right token, and goes on without it in the address.</summary>
    TokenTaken,
    Denied,
    WrongHost,
}
