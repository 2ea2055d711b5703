using System.Net.Sockets;
using Stackmeta.Tests.Support;

namespace Stackmeta.Tests;

/// <summary><c>stackmeta agent --config-file neutron.conf --config-file metadata_agent.ini</c>, and <c>--check</c>.</summary>
public sealed class NeutronAgentCommandTests : IDisposable
{
    const string Secret = "very-secret-key";

    const string Credentials = $"""
        [keystone_authtoken]
        auth_url = http://127.0.0.1:1/
        auth_type = password
        username = neutron
        password = {Secret}
        project_name = service
        user_domain_name = Default
        project_domain_name = Default
        """;

    readonly string _folder = Directory.CreateTempSubdirectory("stackmeta-agent-command-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    string Socket => Path.Combine(_folder, "state", "metadata_proxy");

    async Task<(int Code, string Output, string Error)> RunAsync(
        string neutron,
        string agent,
        string[] more,
        CancellationToken cancellationToken = default
    )
    {
        var conf = Path.Combine(_folder, "neutron.conf");
        var ini = Path.Combine(_folder, "metadata_agent.ini");
        await File.WriteAllTextAsync(conf, $"[DEFAULT]\nstate_path = {_folder}/state\n{neutron}\n", default);
        await File.WriteAllTextAsync(ini, $"[DEFAULT]\nmetadata_proxy_shared_secret = {Secret}\n{agent}\n", default);
        // A settings file of this machine must not change what is tested.
        var settings = Path.Combine(_folder, "settings.json");
        await File.WriteAllTextAsync(settings, $$"""{ "data": "{{_folder}}/data" }""", default);
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await StackmetaProgram.RunAsync(
            ["agent", "--config", settings, "--config-file", conf, "--config-file", ini, .. more],
            output,
            error,
            cancellationToken
        );
        Assert.DoesNotContain(Secret, output.ToString() + error);
        return (code, output.ToString(), error.ToString());
    }

    [Fact]
    public async Task Check_says_of_each_option_what_becomes_of_it()
    {
        var (code, output, error) = await RunAsync(
            $"core_plugin = ml2\n{Credentials}\n[database]\nconnection = sqlite:////var/lib/neutron/neutron.sqlite",
            "nova_metadata_host = nova.example.org\nmetadata_workers = 4\nnova_metadata_ip = 10.0.0.1",
            ["--check"]
        );
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        string Line(string option) => output.Split('\n').Single(line => line.StartsWith(option + " "));
        Assert.Contains("  honoured  ", Line("[DEFAULT] metadata_proxy_shared_secret"));
        Assert.Contains("metadata_agent.ini:3", Line("[DEFAULT] nova_metadata_host"));
        Assert.Contains("  irrelevant  ", Line("[DEFAULT] metadata_workers"));
        Assert.Contains("  irrelevant  ", Line("[DEFAULT] core_plugin"));
        Assert.Contains("  irrelevant  ", Line("[database] connection"));
        Assert.EndsWith(
            $"Ports are looked up in Neutron's REST API (as neutron at http://127.0.0.1:1/); "
                + $"the metadata API at http://nova.example.org:8775/ answers; the socket is {Socket}.\n",
            output
        );
    }

    /// <summary>What a start would stumble over, a check says.</summary>
    [Theory]
    [InlineData(
        "auth_ca_cert = FOLDER/none.pem",
        "[DEFAULT] auth_ca_cert: FOLDER/none.pem cannot be used: No such file or directory"
    )]
    [InlineData(
        "auth_ca_cert = FOLDER/neutron.conf",
        "[DEFAULT] auth_ca_cert: FOLDER/neutron.conf cannot be used: it holds no certificate"
    )]
    [InlineData(
        "nova_client_cert = FOLDER/none.pem\nnova_client_priv_key = FOLDER/none.key",
        "[DEFAULT] nova_client_cert: FOLDER/none.pem cannot be used: No such file or directory"
    )]
    [InlineData(
        "[keystone_authtoken]\ncafile = FOLDER/neutron.conf",
        "cafile: FOLDER/neutron.conf cannot be used: it holds no certificate"
    )]
    [InlineData(
        "[keystone_authtoken]\ncertfile = FOLDER/none.pem",
        "certfile: FOLDER/none.pem cannot be used: No such file or directory"
    )]
    [InlineData(
        "nova_metadata_host = two words",
        "metadata_agent.ini:3: [DEFAULT] nova_metadata_host: 'two words' is no host"
    )]
    public async Task A_file_or_host_that_cannot_be_used_is_named_by_start_and_check(string lines, string message)
    {
        foreach (
            var more in (string[][])
                [
                    [],
                    ["--check"],
                ]
        )
        {
            var (code, _, error) = await RunAsync(Credentials, lines.Replace("FOLDER", _folder), more);
            Assert.Equal(ExitCodes.Usage, code);
            Assert.Contains(message.Replace("FOLDER", _folder), error);
            Assert.Single(error.TrimEnd().Split('\n'));
        }
    }

    [Theory]
    [InlineData("metadata_proxy_user = no-such-user", "There is no user 'no-such-user' on this host.")]
    [InlineData(
        "metadata_proxy_user = nobody\nmetadata_proxy_group = no-such-group",
        "There is no group 'no-such-group' on this host."
    )]
    [InlineData("", "There is no user 'no-such-owner' on this host.", "agent.socket_owner=no-such-owner")]
    [InlineData("", "There is no group 'no-such-owner' on this host.", "agent.socket_group=no-such-owner")]
    public async Task An_unknown_user_or_group_is_named_by_start_and_check(
        string lines,
        string message,
        string setting = "agent.take_over=false"
    )
    {
        foreach (
            var more in (string[][])
                [
                    [],
                    ["--check"],
                ]
        )
        {
            var (code, _, error) = await RunAsync(Credentials, lines, ["--set", setting, .. more]);
            Assert.NotEqual(ExitCodes.Done, code);
            Assert.Equal($"stackmeta: {message}\n", error);
        }
    }

    [Theory]
    [InlineData("auth_url = keystone:5000", "[keystone_authtoken] auth_url: 'keystone:5000' is no URL of Keystone")]
    [InlineData("auth_type = v3token", "[keystone_authtoken] auth_type: 'v3token' is not supported: only password, ")]
    [InlineData("username =", "[keystone_authtoken] username: '' is needed for password")]
    [InlineData("password =", "[keystone_authtoken] password: the value is needed for password")]
    [InlineData("timeout = 0", "[keystone_authtoken] timeout: '0' is not between 1 and ")]
    [InlineData("insecure = perhaps", "[keystone_authtoken] insecure: 'perhaps' is neither true nor false")]
    [InlineData("endpoint_override = here", "[keystone_authtoken] endpoint_override: 'here' is no URL")]
    [InlineData(
        "auth_type = v3applicationcredential\napplication_credential_secret = very-secret-key",
        "[keystone_authtoken] application_credential_id: '' is needed for v3applicationcredential"
    )]
    [InlineData("user\0name = x", "metadata_agent.ini:4: the line holds a zero byte")]
    public async Task Credentials_that_cannot_be_used_are_named(string lines, string message)
    {
        foreach (
            var more in (string[][])
                [
                    [],
                    ["--check"],
                ]
        )
        {
            var (code, _, error) = await RunAsync(Credentials, $"[keystone_authtoken]\n{lines}", more);
            Assert.Equal(ExitCodes.Usage, code);
            Assert.Contains(message, Assert.Single(error.TrimEnd().Split('\n')));
        }
    }

    [Fact]
    public async Task Why_the_database_that_is_wanted_cannot_be_used_is_said()
    {
        var (code, _, error) = await RunAsync(
            "[database]\nconnection = oracle://neutron:very-secret-key@db/neutron",
            "",
            ["--set", "agent.ports=database"]
        );
        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains("neutron.conf:4: [database] connection: the value cannot be used: ", error);
    }

    [Fact]
    public async Task A_file_that_may_not_be_read_is_named()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root may become another user.");
        var file = Path.Combine(_folder, "closed.conf");
        await File.WriteAllTextAsync(file, "[DEFAULT]\n", default);
        File.SetUnixFileMode(file, UnixFileMode.None);
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "closed.d"), UnixFileMode.None).FullName;
        new DirectoryInfo(_folder).UnixFileMode |= UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        foreach (
            var (option, path) in (IEnumerable<(string, string)>)[("--config-file", file), ("--config-dir", folder)]
        )
        {
            using var program = System.Diagnostics.Process.Start(
                new System.Diagnostics.ProcessStartInfo(
                    "setpriv",
                    [
                        "--reuid=65534",
                        "--regid=65534",
                        "--clear-groups",
                        Path.Combine(AppContext.BaseDirectory, "stackmeta"),
                        "agent",
                        option,
                        path,
                    ]
                )
                {
                    RedirectStandardError = true,
                    UseShellExecute = false,
                }
            )!;
            var error = await program.StandardError.ReadToEndAsync(default);
            await program.WaitForExitAsync(default);
            Assert.Equal((ExitCodes.Usage, $"stackmeta: {path}: Permission denied\n"), (program.ExitCode, error));
        }
    }

    [Theory]
    [InlineData("--config-file", "absent.conf")]
    [InlineData("--config-dir", "absent.d")]
    public async Task A_configuration_that_is_not_there_is_named(string option, string name)
    {
        var (code, _, error) = await RunAsync(Credentials, "", [option, Path.Combine(_folder, name)]);
        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains(Path.Combine(_folder, name), Assert.Single(error.TrimEnd().Split('\n')));
    }

    [Fact]
    public async Task Half_a_client_certificate_has_no_effect_and_check_says_so()
    {
        var (code, output, _) = await RunAsync(Credentials, "nova_client_cert = /c.pem", ["--check"]);
        Assert.Equal(ExitCodes.Done, code);
        Assert.Contains("no certificate is shown without nova_client_priv_key", output);
        (_, output, _) = await RunAsync(Credentials, "nova_client_priv_key = /c.pem", ["--check"]);
        Assert.Contains("no certificate is shown without nova_client_cert", output);
    }

    [Fact]
    public async Task The_api_to_ask_may_be_named_as_an_option()
    {
        var (_, output, _) = await RunAsync(Credentials, "", ["--check", "--api", "http://nova.example.org:1"]);
        Assert.Contains("the metadata API at http://nova.example.org:1/ answers", output);
        var (code, _, error) = await RunAsync(Credentials, "", ["--api", "in-process"]);
        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains("--nova-config-file", error);
    }

    [Theory]
    [InlineData("metadata_proxy_socket =", "[DEFAULT] metadata_proxy_socket")]
    [InlineData("nova_metadata_host = nova/x", "[DEFAULT] nova_metadata_host")]
    [InlineData("nova_metadata_host = me@nova", "[DEFAULT] nova_metadata_host")]
    [InlineData("nova_metadata_host = nova:8775", "[DEFAULT] nova_metadata_host")]
    [InlineData("metadata_backlog = many", "[DEFAULT] metadata_backlog")]
    [InlineData("metadata_proxy_socket_mode = some", "[DEFAULT] metadata_proxy_socket_mode")]
    [InlineData("nova_metadata_protocol = gopher", "[DEFAULT] nova_metadata_protocol")]
    public async Task A_value_that_cannot_be_used_is_named_with_its_place(string line, string option)
    {
        foreach (
            var more in (string[][])
                [
                    [],
                    ["--check"],
                ]
        )
        {
            var (code, _, error) = await RunAsync(Credentials, line, more);
            Assert.Equal(ExitCodes.Usage, code);
            Assert.Contains($"metadata_agent.ini:3: {option}: '", error);
        }
    }

    [Fact]
    public async Task Without_a_way_to_look_up_ports_nothing_is_started()
    {
        var (code, _, error) = await RunAsync("", "", []);
        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains("the files name neither credentials", error);
        (code, _, error) = await RunAsync(Credentials, "", ["--set", "agent.ports=database"]);
        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains("[database] connection", error);
    }

    [Fact]
    public async Task In_process_needs_novas_configuration()
    {
        var (code, _, error) = await RunAsync(Credentials, "", ["--set", "agent.api=in-process"]);
        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains("--nova-config-file", error);
    }

    [Fact]
    public async Task The_database_is_taken_where_there_are_no_credentials_or_a_setting_wants_it()
    {
        const string Database =
            "[database]\nconnection = mysql+pymysql://neutron:very-secret-key@db.example.org/neutron";
        var (_, output, _) = await RunAsync(Database, "", ["--check"]);
        Assert.Contains("Neutron's database (mysql://neutron:***@db.example.org/neutron)", output);
        (_, output, _) = await RunAsync($"{Credentials}\n{Database}", "", ["--check"]);
        Assert.Contains("Neutron's REST API", output);
        (_, output, _) = await RunAsync($"{Credentials}\n{Database}", "", ["--check", "--set", "agent.ports=database"]);
        Assert.Contains("Neutron's database", output);
    }

    /// <summary>The agent starts whatever is down, and answers what it then must.</summary>
    [Fact]
    public async Task The_socket_has_the_configured_mode_its_folder_is_made_and_another_agent_may_take_over()
    {
        using var stop = new CancellationTokenSource();
        var first = RunAsync(Credentials, "metadata_proxy_socket_mode = group", [], stop.Token);
        await WaitForSocketAsync(first);
        Assert.Equal("-rw-rw-r--", Mode());
        var answer = await RawHttp.AskAsync(
            new UnixDomainSocketEndPoint(Socket),
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        );
        Assert.Equal(400, answer.Status);

        var (code, _, error) = await RunAsync(Credentials, "", []);
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("Another agent listens", error);

        using var stopSecond = new CancellationTokenSource();
        var second = RunAsync(
            Credentials,
            "metadata_proxy_socket_mode = all",
            ["--set", "agent.take_over=true"],
            stopSecond.Token
        );
        while (Mode() != "-rw-rw-rw-")
        {
            Assert.False(second.IsCompleted);
            await Task.Delay(20);
        }
        await stop.CancelAsync();
        Assert.Equal(ExitCodes.Done, (await first).Code);
        // The first took its own door away, not the second's.
        Assert.True(File.Exists(Socket));
        await stopSecond.CancelAsync();
        // Nobody told it who asks, so that it could answer no guest.
        Assert.Equal((ExitCodes.Done, ""), ((await second).Code, (await second).Output));
        Assert.False(File.Exists(Socket));
    }

    [Fact]
    public async Task The_socket_is_given_to_whom_the_settings_say()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root may give a socket away.");
        using var stop = new CancellationTokenSource();
        string[] owner = ["--set", "agent.socket_owner=65534", "--set", "agent.socket_group=nogroup"];
        var running = RunAsync(Credentials, "", owner, stop.Token);
        await WaitForSocketAsync(running);
        using var stat = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("stat", ["-c", "%u:%g", Socket])
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            }
        )!;
        Assert.Equal("65534:65534\n", await stat.StandardOutput.ReadToEndAsync(default));
        await stop.CancelAsync();
        Assert.Equal(ExitCodes.Done, (await running).Code);
    }

    string Mode()
    {
        var mode = File.GetUnixFileMode(Socket);
        return "-" + string.Concat("rwxrwxrwx".Select((letter, i) => ((int)mode >> (8 - i) & 1) == 1 ? letter : '-'));
    }

    async Task WaitForSocketAsync(Task running)
    {
        while (!File.Exists(Socket))
        {
            Assert.False(running.IsCompleted);
            await Task.Delay(20);
        }
    }
}
