using Microsoft.AspNetCore.Http;

namespace Stackmeta.Http;

/// <summary>Methods by the letter: RFC 9110 §9.1 makes them case-sensitive, and Kestrel frames answers by that.</summary>
public static class RequestMethod
{
    public static bool IsGet(HttpContext context) => Is(context, HttpMethods.Get);

    public static bool IsHead(HttpContext context) => Is(context, HttpMethods.Head);

    public static bool IsPost(HttpContext context) => Is(context, HttpMethods.Post);

    public static bool IsOptions(HttpContext context) => Is(context, HttpMethods.Options);

    static bool Is(HttpContext context, string method) =>
        string.Equals(context.Request.Method, method, StringComparison.Ordinal);
}
