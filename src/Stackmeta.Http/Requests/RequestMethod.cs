using Microsoft.AspNetCore.Http;

namespace Stackmeta.Http;

/// <summary>Methods by the letter: RFC 9110 §9.1 makes them case-sensitive, and Kestrel frames answers by that.</summary>
public static class RequestMethod
{
    public static bool IsHead(HttpContext context) =>
        string.Equals(context.Request.Method, HttpMethods.Head, StringComparison.Ordinal);
}
