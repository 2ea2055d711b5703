using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Http;
using Stackmeta.Tests.Support;

namespace Stackmeta.Tests;

/// <summary>
/// <c>stackmeta agent --config-file</c> towards a Keystone, a Neutron and a Nova that speak TLS and want a certificate shown: all that the
/// files say about it (spec/neutron-metadata.md §5, keystoneauth's session options).
/// </summary>
public sealed class AgentTlsTests : IDisposable
{
    const string Guest = "X-Neutron-Network-ID: net-1\r\nX-Forwarded-For: 10.0.0.5\r\n";

    const string Port = """
        {"ports": [{"id": "p", "network_id": "net-1", "device_id": "device", "project_id": "project",
          "mac_address": "fa:16:3e:00:00:01", "fixed_ips": [{"ip_address": "10.0.0.5"}]}]}
        """;

    readonly string _folder = Directory.CreateTempSubdirectory("stackmeta-agent-tls-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Authorities_certificates_and_insecure_mean_what_the_files_say()
    {
        using var ours = TestCertificates.Authority("ours");
        using var theirs = TestCertificates.Authority("theirs");
        using var own = TestCertificates.Issue(ours, "agent");
        Write("ours.pem", ours.ExportCertificatePem());
        Write("theirs.pem", theirs.ExportCertificatePem());
        Write("own.pem", own.ExportCertificatePem());
        Write("own.key", TestCertificates.KeyOf(own));
        using var shown = TestCertificates.Issue(ours, "localhost");
        await using var cloud = await ListenAsync(shown, ours, AnswerAsync);
        var url = $"https://localhost:{PortOf(cloud)}";

        var keystone = $"cafile = {_folder}/ours.pem\ncertfile = {_folder}/own.pem\nkeyfile = {_folder}/own.key";
        var nova =
            $"auth_ca_cert = {_folder}/ours.pem\nnova_client_cert = {_folder}/own.pem\nnova_client_priv_key = {_folder}/own.key";
        (string Name, string Keystone, string Nova, bool IsAnswered)[] cases =
        [
            ("all is right", keystone, nova, true),
            ("Keystone's authority is another", keystone.Replace("ours.pem", "theirs.pem"), nova, false),
            ("which insecure allows", keystone.Replace("ours.pem", "theirs.pem") + "\ninsecure = true", nova, true),
            ("Keystone is shown no certificate", keystone.Split('\n')[0], nova, false),
            ("Nova's authority is another", keystone, nova.Replace("ours.pem", "theirs.pem"), false),
            (
                "which nova_metadata_insecure allows",
                keystone,
                nova.Replace("ours.pem", "theirs.pem") + "\nnova_metadata_insecure = true",
                true
            ),
            ("Nova is shown no certificate", keystone, nova.Split('\n')[0], false),
            // As with the real agent, which shows one only where both files are named.
            ("the key of what Nova is shown is not named", keystone, string.Join('\n', nova.Split('\n')[..2]), false),
        ];
        // All at once: who is not answered waits until the agent's patience ends.
        var answers = await Task.WhenAll(
            cases.Select(async (one, i) => (one.Name, await AskAsync($"{i}", url, one.Keystone, one.Nova)))
        );
        Assert.Equal(
            cases.Select(one => (one.Name, one.IsAnswered ? "200 device" : "not answered")),
            answers.Select(answer =>
                (
                    answer.Name,
                    answer.Item2.Status is 500 or 503 ? "not answered" : $"{answer.Item2.Status} {answer.Item2.Text}"
                )
            )
        );
    }

    [Theory]
    [InlineData(
        "[DEFAULT]\nnova_client_cert = FOLDER/own.pem\nnova_client_priv_key = FOLDER/other.key",
        "[DEFAULT] nova_client_cert"
    )]
    [InlineData("[keystone_authtoken]\ncertfile = FOLDER/own.pem\nkeyfile = FOLDER/other.key", "certfile")]
    public async Task A_key_that_is_another_certificates_is_named(string lines, string option)
    {
        using var authority = TestCertificates.Authority("ours");
        using var own = TestCertificates.Issue(authority, "agent");
        using var other = TestCertificates.Issue(authority, "agent");
        Write("own.pem", own.ExportCertificatePem());
        Write("other.key", TestCertificates.KeyOf(other));
        const string Credentials =
            "[keystone_authtoken]\nauth_url = http://k/\nauth_type = password\nusername = u\npassword = any\n";
        var error = new StringWriter();
        var code = await StackmetaProgram.RunAsync(
            [
                "agent",
                "--config",
                Write("settings.json", "{}"),
                "--config-file",
                Write("neutron.conf", Credentials + lines.Replace("FOLDER", _folder)),
                "--check",
            ],
            TextWriter.Null,
            error,
            default
        );
        Assert.Equal(ExitCodes.Usage, code);
        Assert.StartsWith($"stackmeta: {option}: {_folder}/own.pem cannot be used: ", error.ToString());
    }

    /// <summary>What the agent tells a guest with these files.</summary>
    async Task<RawAnswer> AskAsync(string name, string url, string keystone, string nova)
    {
        var conf = Write(
            $"{name}.conf",
            $"""
            [DEFAULT]
            state_path = {_folder}/{name}
            [keystone_authtoken]
            auth_url = {url}/identity
            auth_type = password
            username = neutron
            password = any
            project_name = service
            user_domain_name = Default
            project_domain_name = Default
            {keystone}
            """
        );
        var ini = Write(
            $"{name}.ini",
            $"""
            [DEFAULT]
            nova_metadata_protocol = https
            nova_metadata_host = localhost
            nova_metadata_port = {new Uri(url).Port}
            metadata_proxy_shared_secret = any
            {nova}
            """
        );
        var settings = Write($"{name}.json", $$"""{ "data": "{{_folder}}/{{name}}-data" }""");
        using var stop = new CancellationTokenSource();
        var running = StackmetaProgram.RunAsync(
            ["agent", "--config", settings, "--config-file", conf, "--config-file", ini],
            TextWriter.Null,
            TextWriter.Null,
            stop.Token
        );
        var socket = Path.Combine(_folder, name, "metadata_proxy");
        while (!File.Exists(socket))
        {
            Assert.False(running.IsCompleted, name);
            await Task.Delay(20);
        }
        var answer = await RawHttp.AskAsync(
            new UnixDomainSocketEndPoint(socket),
            $"GET /latest HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{Guest}\r\n"
        );
        await stop.CancelAsync();
        Assert.Equal(ExitCodes.Done, await running);
        return answer;
    }

    string Write(string name, string text)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllText(file, text + "\n");
        return file;
    }

    static int PortOf(HttpServer server) => ((IPEndPoint)server.Addresses.First()).Port;

    static Task<HttpServer> ListenAsync(X509Certificate2 shown, X509Certificate2 authority, RequestDelegate answer) =>
        HttpServer.StartAsync(
            new()
            {
                Addresses = [new IPEndPoint(IPAddress.Loopback, 0)],
                Certificate = shown,
                ClientAuthorities = [authority],
            },
            context => answer(context),
            NullLoggerFactory.Instance,
            default
        );

    /// <summary>Keystone, Neutron and Nova in one.</summary>
    static async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.Path == "/identity/v3/auth/tokens")
        {
            context.Response.Headers["X-Subject-Token"] = "token";
            await Answer.WriteAsync(
                context,
                StatusCodes.Status201Created,
                "application/json",
                Encoding.UTF8.GetBytes(
                    $$$"""
                    {"token": {"expires_at": "2099-01-01T00:00:00.000000Z", "catalog": [{"type": "network", "name": "neutron", "endpoints": [
                      {"interface": "internal", "region_id": "R", "url": "https://{{{request.Host}}}/"}]}]}}
                    """
                )
            );
            return;
        }
        var body = request.Path == "/v2.0/ports" ? Port : request.Headers["X-Instance-ID"].ToString();
        await Answer.WriteAsync(context, StatusCodes.Status200OK, "application/json", Encoding.UTF8.GetBytes(body));
    }
}
