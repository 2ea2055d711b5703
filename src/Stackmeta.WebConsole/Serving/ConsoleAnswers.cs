using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Stackmeta.Http;

namespace Stackmeta.WebConsole;

/// <summary>Answers the page's requests: its files, the stream of pictures, and the questions about guests.</summary>
sealed class ConsoleAnswers(PathWatch watch, IConsolePath path, ConsoleGate gate, ILogger logger) : IDisposable
{
    const string Html = "text/html; charset=utf-8";

    /// <summary>
    /// The page loads nothing but its own files, runs no script that is not one of them, and cannot make HTML out of text, whatever a guest
    /// has written (CSP level 3; Trusted Types).
    /// </summary>
    const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    readonly GuestQuestions _questions = new(watch, path);

    public void Dispose() => _questions.Dispose();

    public async Task AnswerAsync(HttpContext context)
    {
        SetHeaders(context.Response.Headers);
        if (context.Request.Method is not ("GET" or "HEAD"))
        {
            context.Response.Headers.Allow = "GET, HEAD";
            await SayAsync(context, 405, "The console is only looked at.");
            return;
        }
        switch (gate.Judge(context, context.Connection.LocalPort))
        {
            case Entry.WrongHost:
                await SayAsync(context, 421, "The console answers to 127.0.0.1 and localhost only.");
                return;
            case Entry.Denied:
                await SayAsync(
                    context,
                    403,
                    "Paste the address that 'stackmeta console' has printed into the address bar: it ends with a token, a new one at each start."
                );
                return;
            case Entry.TokenTaken:
                context.Response.Headers.Location = "/";
                await Answer.WriteAsync(context, 303, null, default);
                return;
            default:
                await AnswerGuestAsync(context);
                return;
        }
    }

    async Task AnswerGuestAsync(HttpContext context)
    {
        try
        {
            await (
                context.Request.Path.Value switch
                {
                    "/events" => EventStream.WriteAsync(context, watch),
                    "/guests" => _questions.ListAsync(context),
                    "/explain" => _questions.ExplainAsync(context),
                    "/documents" => GuestQuestions.ListDocumentsAsync(context),
                    "/document" => _questions.ReadDocumentAsync(context),
                    var other when ConsoleAssets.Find(other ?? "") is { } file => Answer.WriteAsync(
                        context,
                        200,
                        file.ContentType,
                        file.Bytes
                    ),
                    _ => SayAsync(context, 404, "There is nothing here."),
                }
            );
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The page has gone.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            Log.Failed(logger, e, context.Request.Path.Value ?? "");
            await SayAsync(context, 500, "It failed; the terminal that runs the console says why.");
        }
    }

    static void SetHeaders(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }

    /// <summary>A page of one sentence.</summary>
    static Task SayAsync(HttpContext context, int status, string sentence) =>
        Answer.WriteAsync(
            context,
            status,
            Html,
            Encoding.UTF8.GetBytes(
                $"<!doctype html><html lang=\"en\"><title>Stackmeta</title><p>{sentence}</p></html>\n"
            )
        );
}
