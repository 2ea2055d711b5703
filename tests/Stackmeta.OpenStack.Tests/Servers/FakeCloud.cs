using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Stackmeta.OpenStack.Tests;

/// <summary>Keystone and Neutron in one, as far as they are asked; each test says how they misbehave.</summary>
sealed class FakeCloud : IAsyncDisposable
{
    readonly HttpListener _listener = new();
    readonly Task _serving;
    readonly List<IDisposable> _clients = [];
    int _issued;

    public FakeCloud()
    {
        var port = TestProcess.FreePort();
        Base = new($"http://127.0.0.1:{port}/");
        _listener.Prefixes.Add(Base.AbsoluteUri);
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Base { get; }

    /// <summary>What was asked of Neutron, path and query, in order.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>The bodies that Keystone got.</summary>
    public ConcurrentQueue<string> TokenRequests { get; } = new();

    /// <summary>Answers Neutron's part; by default nobody has any port.</summary>
    public Func<HttpListenerRequest, (int Status, string Body)> Neutron { get; set; } =
        request => (200, $"{{\"{request.Url!.Segments[^1].Replace('-', '_')}\": []}}");

    public int KeystoneStatus { get; set; } = 201;

    public TimeSpan TokenLife { get; set; } = TimeSpan.FromHours(1);

    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Tokens that Neutron takes; by default all that were issued.</summary>
    public Func<string, bool> IsValid { get; set; } = token => token.StartsWith("token-", StringComparison.Ordinal);

    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;

    public TimeSpan Delay { get; set; }

    /// <summary>Hangs up without an answer.</summary>
    public bool IsDown { get; set; }

    /// <summary>Sends half of what was promised and then nothing.</summary>
    public bool Hangs { get; set; }

    /// <summary>Sends half of what was promised and hangs up.</summary>
    public bool Truncates { get; set; }

    public KeystoneSession Keystone(Func<KeystoneOptions, KeystoneOptions>? change = null)
    {
        var options = new KeystoneOptions
        {
            AuthUrl = new(Base, "identity"),
            Username = "nova",
            UserDomainId = "default",
            Password = "svc-password",
            ProjectName = "service",
            ProjectDomainName = "Default",
        };
        var session = new KeystoneSession((change ?? (o => o))(options), Loggers.CreateLogger<KeystoneSession>(), Time);
        _clients.Add(session);
        return session;
    }

    public NeutronClient Client(Func<NeutronOptions, NeutronOptions>? change = null, KeystoneSession? keystone = null)
    {
        var client = new NeutronClient(
            (change ?? (o => o))(new() { Retries = 0 }),
            keystone ?? Keystone(),
            Loggers.CreateLogger<NeutronClient>(),
            Time
        );
        _clients.Add(client);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        _listener.Close();
        await _serving;
    }

    async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            _ = AnswerAsync(context);
        }
    }

    async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            if (IsDown)
            {
                context.Response.Abort();
                return;
            }
            await Task.Delay(Delay);
            var (status, body) = context.Request.HttpMethod == "POST" ? await TokenAsync(context) : Ask(context);
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            var bytes = Encoding.UTF8.GetBytes(body);
            context.Response.ContentLength64 = Truncates || Hangs ? bytes.Length * 2 : bytes.Length;
            await context.Response.OutputStream.WriteAsync(bytes);
            while (Hangs)
            {
                await Task.Delay(20);
            }
            if (Truncates || context.Response.ContentLength64 != bytes.Length)
            {
                context.Response.Abort();
            }
            context.Response.Close();
        }
        catch (Exception error)
            when (error is HttpListenerException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The client went away, as some tests want.
        }
    }

    async Task<(int, string)> TokenAsync(HttpListenerContext context)
    {
        using var reader = new StreamReader(context.Request.InputStream);
        TokenRequests.Enqueue($"{context.Request.Url!.AbsolutePath} {await reader.ReadToEndAsync()}");
        var number = Interlocked.Increment(ref _issued);
        if (KeystoneStatus == 201)
        {
            context.Response.AddHeader("X-Subject-Token", $"token-{number}");
        }
        string Endpoint(string name, string region) =>
            $$"""{"interface": "{{name}}", "region_id": "{{region}}", "url": "{{Base}}{{region}}/{{name}}"}""";
        return (
            KeystoneStatus,
            $$"""
            {"token": {"expires_at": "{{(Time.GetUtcNow() + TokenLife):yyyy-MM-ddTHH:mm:ss.ffffffZ}}", "catalog": [
              {"type": "identity", "name": "keystone", "endpoints": []},
              {"type": "network", "name": "neutron", "endpoints": [
                {{Endpoint("public", "RegionOne")}}, {{Endpoint("internal", "RegionOne")}}, {{Endpoint(
                "public",
                "RegionTwo"
            )}} ] } ] } }
            """
        );
    }

    (int, string) Ask(HttpListenerContext context)
    {
        Asked.Enqueue(Uri.UnescapeDataString(context.Request.Url!.PathAndQuery));
        return IsValid(context.Request.Headers["X-Auth-Token"] ?? "") ? Neutron(context.Request) : (401, "{}");
    }
}
