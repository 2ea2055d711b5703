using Microsoft.AspNetCore.Http;

namespace Stackmeta.Http;

/// <summary>Whether this process is about to end: each answer then closes its connection.</summary>
public sealed class Leaving
{
    volatile bool _isBegun;

    /// <summary>From the next answer on.</summary>
    public void Begin() => _isBegun = true;

    /// <summary>The same answers, which tell guests when to connect anew (RFC 9112 §9.6).</summary>
    public Func<HttpContext, Task> TellIn(Func<HttpContext, Task> answer) =>
        context =>
        {
            if (_isBegun)
            {
                context.Response.Headers.Connection = "close";
            }
            return answer(context);
        };
}
