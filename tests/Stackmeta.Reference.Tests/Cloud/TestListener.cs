using System.Net;
using System.Text;
using Stackmeta.OpenStack.Tests;

namespace Stackmeta.Reference.Tests;

/// <summary>A small HTTP server of the test's own on a free port.</summary>
sealed class TestListener : IAsyncDisposable
{
    readonly HttpListener _listener = new();
    readonly Func<HttpListenerContext, Task<(int Status, string Type, string Body)>> _answer;
    readonly Task _serving;

    public TestListener(Func<HttpListenerContext, Task<(int Status, string Type, string Body)>> answer, int port = 0)
    {
        _answer = answer;
        Port = port == 0 ? TestProcess.FreePort() : port;
        _listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port { get; }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                _ = AnswerAsync(context);
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            var (status, type, body) = await _answer(context);
            var bytes = Encoding.UTF8.GetBytes(body);
            context.Response.StatusCode = status;
            context.Response.ContentType = type;
            context.Response.ContentLength64 = bytes.Length;
            await context.Response.OutputStream.WriteAsync(bytes);
            context.Response.Close();
        }
        catch (Exception error) when (error is HttpListenerException or IOException or ObjectDisposedException)
        {
            // The client went away.
        }
    }
}
