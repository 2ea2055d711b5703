using System.Text;
using Stackmeta.Http;

namespace Stackmeta.Tests.Support;

/// <summary>A handler that is a function.</summary>
sealed class Handling(Func<Request, ValueTask<Response>> handle) : IRequestHandler
{
    public ValueTask<Response> HandleAsync(Request request) => handle(request);

    /// <summary>One that need not wait.</summary>
    public static Handling Of(Func<Request, Response> handle) => new(request => new(handle(request)));

    /// <summary>200 and a text.</summary>
    public static Response Say(Request request, string text) =>
        Response.Of(request, 200, "text/plain", Encoding.Latin1.GetBytes(text));
}
