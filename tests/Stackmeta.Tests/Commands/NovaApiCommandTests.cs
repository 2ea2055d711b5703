using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Stackmeta.Tests;

/// <summary><c>stackmeta api --config-file nova.conf</c>, and <c>--check</c>.</summary>
public sealed class NovaApiCommandTests : IDisposable
{
    const string Secret = "very-secret-key";

    // Nothing listens there: the API starts whatever is down.
    const string Usual = $"""
        [api_database]
        connection = mysql+pymysql://nova:{Secret}@127.0.0.1:1/nova_api
        [database]
        connection = mysql+pymysql://nova:{Secret}@127.0.0.1:1/nova
        [neutron]
        service_metadata_proxy = true
        metadata_proxy_shared_secret = {Secret}
        """;

    readonly string _folder = Directory.CreateTempSubdirectory("stackmeta-api-command-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Check_says_of_each_option_what_becomes_of_it()
    {
        var (code, output, error) = await CheckAsync(
            $"{Usual}\n[api]\nauth_strategy = keystone\ndhcp_domain = example.org"
        );
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        Assert.Contains("  honoured  ", Line(output, "[neutron] metadata_proxy_shared_secret"));
        Assert.Contains("nova.conf:10", Line(output, "[api] dhcp_domain"));
        Assert.Contains("  irrelevant  ", Line(output, "[api] auth_strategy"));
    }

    [Theory]
    [InlineData(
        "[DEFAULT]\ninjected_network_template = /etc/nova/mine.template",
        "[DEFAULT] injected_network_template"
    )]
    [InlineData("[neutron]\ntrust_id = t", "[neutron] trust_id")]
    public async Task Check_fails_where_an_option_is_not_supported(string more, string option)
    {
        var (code, output, _) = await CheckAsync($"{Usual}\n{more}");
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("  not supported  ", Line(output, option));
    }

    [Fact]
    public async Task A_value_that_cannot_be_used_is_named_with_its_place()
    {
        foreach (
            var check in (string[][])
                [
                    [],
                    ["--check"],
                ]
        )
        {
            var (code, _, error) = await RunAsync([
                "--config-file",
                Write("nova.conf", $"{Usual}\n[api]\nmetadata_cache_expiration = soon"),
                .. check,
            ]);
            Assert.Equal(ExitCodes.Usage, code);
            Assert.Contains("nova.conf:9: [api] metadata_cache_expiration: 'soon' is not a whole number", error);
        }
    }

    [Fact]
    public async Task Files_and_folders_are_read_in_order_and_the_last_one_wins()
    {
        var first = Write("first.conf", $"{Usual}\n[api]\nmetadata_cache_expiration = wrong-1");
        var second = Write("second.conf", "[api]\nmetadata_cache_expiration = wrong-2");
        Directory.CreateDirectory(Path.Combine(_folder, "conf.d"));
        Write("conf.d/20.conf", "[api]\nmetadata_cache_expiration = 20");
        Write("conf.d/10.conf", "[api]\nmetadata_cache_expiration = wrong-3");
        Write("conf.d/30.ini", "[api]\nmetadata_cache_expiration = wrong-4");
        string[] files = ["--config-file", first, "--config-file", second];

        var (code, _, error) = await RunAsync([.. files, "--check"]);
        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains("second.conf:2", error);
        Assert.Contains("wrong-2", error);

        var (withFolder, output, _) = await RunAsync([
            .. files,
            "--config-dir",
            Path.Combine(_folder, "conf.d"),
            "--check",
        ]);
        Assert.Equal(ExitCodes.Done, withFolder);
        Assert.Equal(4, output.Split('\n').Count(line => line.StartsWith("[api] metadata_cache_expiration ")));
        Assert.DoesNotContain("30.ini", output);
    }

    [Fact]
    public async Task A_list_over_several_lines_and_an_old_name_are_understood()
    {
        var (code, output, error) = await CheckAsync(
            $"""
            [DEFAULT]
            dhcp_domain = old.example.org
            {Usual}
            [api]
            vendordata_providers = StaticJSON,
              DynamicJSON
            vendordata_dynamic_targets = a@http://127.0.0.1:1/x,
              b@http://127.0.0.1:1/y@z
            """
        );
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        Assert.Contains("  honoured  ", Line(output, "[DEFAULT] dhcp_domain"));
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_named()
    {
        var missing = Path.Combine(_folder, "absent.conf");
        var (code, _, error) = await RunAsync(["--config-file", missing]);
        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains(missing, error);
    }

    /// <summary>A caller that shows no certificate of the authority, where one is asked for, is not heard.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_api_speaks_tls_with_novas_certificate_and_asks_for_one_as_nova_does(bool asksForCertificate)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=nova.example.org", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1),
            DateTimeOffset.UtcNow.AddDays(1)
        );
        var pem = Write("cert.pem", certificate.ExportCertificatePem());
        var tls =
            $"[DEFAULT]\nenabled_ssl_apis = metadata\n[wsgi]\nssl_cert_file = {pem}\nssl_key_file = {Write("key.pem", key.ExportPkcs8PrivateKeyPem())}\n"
            + (asksForCertificate ? $"ssl_ca_file = {pem}\n" : "");
        using var stop = new CancellationTokenSource();
        var port = FreePort();
        var running = RunAsync(
            ["--config-file", Write("nova.conf", $"{Usual}\n{tls}"), "--set", $"api.listen=127.0.0.1:{port}"],
            stop.Token
        );
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { certificate },
            RevocationMode = X509RevocationMode.NoCheck,
        };
        using var client = new HttpClient(handler);
        var answer = await AskAsync(client, new Uri($"https://127.0.0.1:{port}/"), running);
        Assert.Equal(asksForCertificate, answer is null);
        await stop.CancelAsync();
        Assert.Equal(ExitCodes.Done, (await running).Code);
    }

    Task<(int Code, string Output, string Error)> CheckAsync(string text) =>
        RunAsync(["--config-file", Write("nova.conf", text), "--check"]);

    async Task<(int Code, string Output, string Error)> RunAsync(
        string[] arguments,
        CancellationToken cancellationToken = default
    )
    {
        // A settings file of this machine must not change what is tested.
        var settings = Write("settings.json", "{}");
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await StackmetaProgram.RunAsync(
            ["api", "--config", settings, "--set", "admin.listen=off", .. arguments],
            output,
            error,
            cancellationToken
        );
        Assert.DoesNotContain(Secret, output.ToString() + error);
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>The answer's status once the server listens; null when the handshake fails.</summary>
    static async Task<HttpStatusCode?> AskAsync(HttpClient client, Uri uri, Task running)
    {
        while (true)
        {
            Assert.False(running.IsCompleted);
            try
            {
                return (await client.GetAsync(uri)).StatusCode;
            }
            catch (HttpRequestException e)
                when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
            {
                await Task.Delay(20);
            }
            catch (HttpRequestException)
            {
                return null;
            }
        }
    }

    static string Line(string output, string option) =>
        output.Split('\n').Single(line => line.StartsWith(option + " ", StringComparison.Ordinal));

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
