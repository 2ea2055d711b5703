using Stackmeta.OpenStack.Tests;

namespace Stackmeta.EndToEnd.Tests;

/// <summary>
/// An OpenStack host: a network's namespace as Neutron's agents make it, the recorded databases of a real Neutron and Nova, and our
/// three hops on them, configured by OpenStack's own files.
/// </summary>
public sealed class CloudWorld : FaultWorld
{
    /// <summary>The recorded network, port and instance; the instance is in the second cell.</summary>
    const string RecordedNetwork = "4bc6d80b-8ac5-408d-b82f-18ec85b20ee6";
    const string Instance = "d11d6953-c16d-5567-bc1f-d94439576ec2";
    const string Project = "5714b1414dd254bb9ad59abea0aebb10";
    const string Mac = "fa:16:3e:00:00:27";

    readonly MariaDbServer _server = new();
    readonly string _folder = RunningProgram.MakeFolder();
    readonly string _network = $"{Guid.NewGuid()}";
    readonly int _apiPort = RunningProgram.FreePort();
    readonly int _servicePort = RunningProgram.FreePort();
    readonly Dictionary<string, RunningProgram> _programs = [];
    PlainNetwork? _namespace;
    string _port = "";

    internal override string Folder => _folder;

    string SocketPath => Path.Combine(Folder, "metadata_proxy");

    string NeutronFile => Path.Combine(Folder, "neutron.conf");

    string NovaFile => Path.Combine(Folder, "nova.conf");

    internal override string[] Options => ["--config-file", NeutronFile, "--nova-config-file", NovaFile];

    /// <summary>Nobody here sees the guest's cable, and no DHCP server is ours.</summary>
    internal override int HealthyCode => ExitCodes.NotAllSeen;

    internal override string Asked => PlainNetwork.GuestAddress;

    internal override string Network => _network;

    internal override string Functions =>
        """
            api() { [ $# != 0 ] || set -- --config-file "$NOVA"; stay "$BINARY" api "$@" --data "$DATA"; }
            agent() { stay "$BINARY" agent --config-file "$NEUTRON" --data "$DATA"; }
            # Returns when it has found out that it cannot answer.
            agent_in_vain() {
                "$BINARY" agent --config-file "$NEUTRON" --data "$DATA" >"$DATA/agent.log" 2>&1 </dev/null &
                echo $! >>"$DATA/staying"
                for _ in $(seq 400); do grep -q 'Not ready' "$DATA/agent.log" && return; sleep 0.05; done
                return 1
            }
            sql() { mariadb --no-defaults --socket="$MYSQL" -uroot --init-command='SET FOREIGN_KEY_CHECKS=0' "$1" -e "$2"; }
            """;

    internal override Dictionary<string, string?> Variables
    {
        get
        {
            var variables = new Dictionary<string, string?>
            {
                ["NS"] = _namespace!.Namespace,
                ["TAP"] = _namespace.Tap,
                ["NETWORK"] = _network,
                ["PORT"] = _port,
                ["ADDRESS"] = Asked,
                ["INSTANCE"] = Instance,
                ["PROJECT"] = Project,
                ["NEUTRON"] = NeutronFile,
                ["NOVA"] = NovaFile,
                ["VENDORDATA"] = Path.Combine(Folder, "nova-vendordata.conf"),
                ["OTHERSECRET"] = Path.Combine(Folder, "nova-secret.conf"),
                ["SERVICEPORT"] = $"{_servicePort}",
                ["DATABASE"] = $"{_server.ProcessId}",
                ["MYSQL"] = _server.Socket,
            };
            foreach (var (hop, program) in _programs)
            {
                variables[hop.ToUpperInvariant()] = $"{program.ProcessId}";
            }
            return variables;
        }
    }

    internal override async Task<Explanation> ExplainHereAsync()
    {
        await using var cloud = await ExplainedCloud.OfAsync([NeutronFile], [NovaFile], Settings);
        return await new GuestExplainer(Settings, static () => throw new NotSupportedException())
        {
            Patience = TimeSpan.FromSeconds(5),
            Cloud = cloud,
        }.ExplainAsync(Asked, Network, TestContext.Current.CancellationToken);
    }

    public override async ValueTask InitializeAsync()
    {
        Requirements.Check();
        Assert.SkipWhen(MariaDbServer.Missing is not null, MariaDbServer.Missing ?? "");
        await _server.InitializeAsync();
        await RecordedNova.LoadAsync(_server);
        await _server.LoadAsync("neutron", Path.Combine(RecordedNova.Folder, "neutron.sql.gz"));
        _port = (string)(await _server.ScalarAsync("neutron", $"SELECT id FROM ports WHERE device_id = '{Instance}'"))!;
        // A network of the test's own, as others may run beside this one.
        await _server.ExecuteAsync(
            "neutron",
            $"""
            SET FOREIGN_KEY_CHECKS=0;
            UPDATE ports SET network_id = '{_network}' WHERE network_id = '{RecordedNetwork}';
            UPDATE ports SET project_id = '{Project}' WHERE id = '{_port}';
            UPDATE ipallocations SET network_id = '{_network}' WHERE network_id = '{RecordedNetwork}';
            UPDATE ipallocations SET ip_address = '{Asked}' WHERE port_id = '{_port}' AND ip_address LIKE '10.%';
            """
        );
        await _server.ExecuteAsync(
            "nova_cell2",
            $"UPDATE instances SET user_data = TO_BASE64('#cloud-config') WHERE uuid = '{Instance}'"
        );
        await WriteFilesAsync();
        _namespace = await PlainNetwork.CreateAsync("qdhcp-", _network, Mac);
        await RestoreAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var hop in (string[])["edge", "agent", "api"])
        {
            await (_programs.GetValueOrDefault(hop)?.DisposeAsync() ?? default);
        }
        await (_namespace?.DisposeAsync() ?? default);
        await _server.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    internal override string Said => string.Join('\n', _programs.Values.Select(program => program.Said));

    internal override Task EnsureGuestAsync() => Task.CompletedTask;

    internal override Task RemoveGuestAsync() => Task.CompletedTask;

    internal override async Task RestoreAsync()
    {
        string[][] commands =
        [
            ["api", "--config-file", NovaFile],
            ["agent", "--config-file", NeutronFile],
            ["edge", "--watch", "--set", $"edge.watch_only={_network}", "--set", $"agent.socket={SocketPath}"],
        ];
        foreach (var command in commands)
        {
            if (_programs.TryGetValue(command[0], out var program))
            {
                if (!program.HasEnded)
                {
                    continue;
                }
                await program.DisposeAsync();
            }
            _programs[command[0]] = await RunningProgram.StartCommandAsync(Folder, command);
        }
    }

    async Task WriteFilesAsync()
    {
        const string Secret = "rig-shared-secret";
        await File.WriteAllTextAsync(
            NeutronFile,
            $"""
            [DEFAULT]
            metadata_proxy_socket = {SocketPath}
            metadata_proxy_socket_mode = all
            metadata_proxy_shared_secret = {Secret}
            nova_metadata_host = 127.0.0.1
            nova_metadata_port = {_apiPort}
            [database]
            connection = {_server.Url("neutron")}
            """
        );
        await File.WriteAllTextAsync(NovaFile, NovaConf(Secret, ""));
        await File.WriteAllTextAsync(Path.Combine(Folder, "nova-secret.conf"), NovaConf("another", ""));
        await File.WriteAllTextAsync(
            Path.Combine(Folder, "nova-vendordata.conf"),
            NovaConf(
                Secret,
                $"""
                vendordata_providers = DynamicJSON
                vendordata_dynamic_targets = site@http://127.0.0.1:{_servicePort}/
                vendordata_dynamic_failure_fatal = true
                """
            )
        );
    }

    /// <summary>Nothing is kept, so that each fault is seen at once.</summary>
    string NovaConf(string secret, string vendorData) =>
        $"""
            [DEFAULT]
            metadata_listen = 127.0.0.1
            metadata_listen_port = {_apiPort}
            [api]
            metadata_cache_expiration = 0
            {vendorData}
            [api_database]
            connection = {_server.Url("nova_api")}
            [database]
            connection = {_server.Url("nova_cell1")}
            [neutron]
            service_metadata_proxy = true
            metadata_proxy_shared_secret = {secret}
            """;
}
