using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Stackmeta.Core.Refusals;
using Stackmeta.Documents;

namespace Stackmeta.Http;

/// <summary>
/// The response to a request: what a handler returns, and what both engines write. Content-Length, Date and Connection are theirs to write.
/// </summary>
public readonly record struct Response
{
    /// <summary>
    /// Seconds that a caller is asked to wait after a 503. cloud-init from 24.4.1 on takes it by the letter; 0 would make it give up.
    /// </summary>
    public const string RetryAfterSeconds = "2";

    /// <summary>Nothing: the connection is cut off.</summary>
    public static Response CutOff => new() { IsCutOff = true };

    public int Status { get; init; }

    /// <summary>Null for a response without Content-Type, or with one among <see cref="Headers"/>.</summary>
    public string? ContentType { get; init; }

    /// <summary>Further headers, in their order; null for none. Printable ASCII.</summary>
    public List<KeyValuePair<string, StringValues>>? Headers { get; init; }

    /// <summary>
    /// The body's length in bytes, in the response to HEAD too. Null when it is not known, and then the body is sent in chunks, or when
    /// there is no body to tell of.
    /// </summary>
    public long? Length { get; init; }

    /// <summary>The body, or its beginning; valid until the request's next response is made.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>
    /// What of the body is still to come, behind <see cref="Body"/>; null for nothing. Belongs to whoever has the response. An exception of
    /// it means that the body ends too early.
    /// </summary>
    public Stream? Rest { get; init; }

    /// <summary>Whether the connection ends with it.</summary>
    public bool Closes { get; init; }

    /// <summary>Whether the connection is cut off instead.</summary>
    public bool IsCutOff { get; init; }

    /// <summary>A whole response.</summary>
    /// <param name="contentType">Null for a response without Content-Type.</param>
    public static Response Of(Request request, int status, string? contentType, ReadOnlyMemory<byte> body)
    {
        request.Observation?.Answer(status);
        return new()
        {
            Status = status,
            ContentType = contentType,
            Length = body.Length,
            Body = body,
        };
    }

    /// <summary>
    /// The error page of a refusal, in the form that the caller accepts; the refusal is told to the request's observation.
    /// </summary>
    /// <param name="explanation">The sentence on the page; null for the refusal's own.</param>
    public static Response Of(Request request, Refusal refusal, string? explanation = null)
    {
        request.Observation?.Refuse(refusal);
        var description = RefusalDescription.Of(refusal);
        request.Observation?.Answer(description.Status);
        var response = new Response { Status = description.Status };
        if (description.Status == StatusCodes.Status503ServiceUnavailable)
        {
            response = response.With("Retry-After", RetryAfterSeconds);
        }
        if (request.IsHead)
        {
            // Nova answers so whatever is accepted (spec/nova-metadata.md §1.5).
            return response with { ContentType = ContentTypes.Html };
        }
        request.Buffer.Clear();
        var contentType = ErrorPage.Render(
            description.Status,
            explanation ?? description.Explanation,
            request.Headers["Accept"].ToString(),
            request.Buffer
        );
        var page = request.Buffer.Written;
        return response with { ContentType = contentType, Length = page.Length, Body = page };
    }

    /// <summary>The same with one more header.</summary>
    /// <exception cref="ArgumentException">Its value would not stay within its line.</exception>
    public Response With(string name, string value) =>
        IsSendable(value)
            ? this with
            {
                Headers = [.. Headers ?? [], new(name, value)],
            }
            : throw new ArgumentException($"The value of {name} is not printable ASCII.", nameof(value));

    /// <summary>Whether a header's value is printable ASCII, which nobody takes for the end of a line.</summary>
    public static bool IsSendable(string? value) => !value.AsSpan().ContainsAnyExceptInRange(' ', '~');
}
