using System.Net.Sockets;
using Stackmeta.OpenStack.Tests;
using Stackmeta.Tests.Support;

namespace Stackmeta.Reference.Tests;

/// <summary><c>stackmeta agent --config-file neutron.conf --config-file metadata_agent.ini</c> on the recorded cloud.</summary>
[Collection(ReferenceCollection.Name)]
public sealed class AgentCommandTests(ReferenceCloud cloud) : IDisposable
{
    const string Guest =
        "X-Neutron-Network-ID: 56b61664-1919-4667-ba81-7e17c04ba600\r\nX-Forwarded-For: 10.10.0.11\r\n";

    readonly string _folder = Directory.CreateTempSubdirectory("stackmeta-agent-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("rest", false)]
    [InlineData("database", false)]
    [InlineData("rest", true)]
    public async Task A_guest_is_told_who_it_is(string ports, bool inProcess)
    {
        Assert.SkipWhen(ReferenceCloud.Missing is not null, ReferenceCloud.Missing ?? "");
        await using var neutron = new RecordedNeutron();
        await using var api = await cloud.StartAsync();
        var conf = await WriteAsync(
            "neutron.conf",
            $"""
            [DEFAULT]
            state_path = {_folder}
            [database]
            connection = {cloud.NeutronDatabaseUrl}
            [keystone_authtoken]
            auth_url = {neutron.AuthUrl}
            auth_type = password
            username = neutron
            password = any
            project_name = service
            user_domain_id = default
            project_domain_id = default
            region_name = RegionOne
            """
        );
        var ini = await WriteAsync(
            "metadata_agent.ini",
            $"""
            [DEFAULT]
            nova_metadata_host = 127.0.0.1
            nova_metadata_port = {(inProcess ? 1 : ((System.Net.IPEndPoint)api.Address).Port)}
            metadata_proxy_shared_secret = rig-shared-secret
            """
        );
        string[] nova = inProcess ? ["--nova-config-file", await cloud.WriteNovaConfAsync()] : [];
        using var stop = new CancellationTokenSource();
        var (output, error) = (new StringWriter(), new StringWriter());
        var running = StackmetaProgram.RunAsync(
            [
                "agent",
                "--config",
                await WriteAsync("settings.json", "{}"),
                "--config-file",
                conf,
                "--config-file",
                ini,
                "--set",
                $"agent.ports={ports}",
                .. nova,
            ],
            output,
            error,
            stop.Token
        );
        var socket = Path.Combine(_folder, "metadata_proxy");
        await TestProcess.UntilAsync(() => Task.FromResult(File.Exists(socket) || running.IsCompleted), "the agent");
        var answer = await RawHttp.AskAsync(
            new UnixDomainSocketEndPoint(socket),
            $"GET /latest/meta-data/instance-id HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{Guest}\r\n"
        );
        Assert.Equal((200, "i-00000002"), (answer.Status, answer.Text));
        Assert.Equal(ports == "rest", !neutron.Asked.IsEmpty);
        // That it is ready is found out by itself, behind the first guests' requests perhaps.
        await TestProcess.UntilAsync(
            () => Task.FromResult(output.ToString().Length > 0 || running.IsCompleted),
            "the agent is ready"
        );
        await stop.CancelAsync();
        Assert.Equal((0, "Ready.\n", ""), (await running, output.ToString(), error.ToString()));
        Assert.False(File.Exists(socket));
    }

    async Task<string> WriteAsync(string name, string text)
    {
        var file = Path.Combine(_folder, name);
        await File.WriteAllTextAsync(file, text + "\n");
        return file;
    }
}
