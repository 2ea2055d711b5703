using System.Net;
using System.Net.Sockets;
using System.Text;
using Stackmeta.Core.Refusals;
using Stackmeta.Inventory;
using Support = Stackmeta.Tests.Support;

namespace Stackmeta.EndToEnd.Tests;

/// <summary>
/// The program as a process: neither the hops' secret nor a valid signature, nor what an instance keeps, is in anything that it writes.
/// CanaryTests look at what goes through the logger; what goes past it shows here.
/// </summary>
public sealed class SecretsStayInsideTests : IAsyncLifetime
{
    const string Secret = "canary-secret-of-the-hops";
    const string UserData = "canary-user-data";
    const string Token = "canary-token";

    readonly string _folder = RunningProgram.MakeFolder();
    readonly int _port = RunningProgram.FreePort();

    public ValueTask InitializeAsync()
    {
        Requirements.Check();
        var file = Path.Combine(_folder, "secret");
        File.WriteAllText(file, Secret);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("debug")]
    [InlineData("info")]
    [InlineData("error")]
    public async Task LP2150094_neither_secret_nor_signature_is_in_any_output_or_file(string level)
    {
        var socket = Path.Combine(_folder, "agent.sock");
        string said;
        string valid;
        await using (
            var program = await RunningProgram.StartAsync(
                _folder,
                _port,
                "--set",
                $"log.level={level}",
                "--set",
                $"agent.socket={socket}"
            )
        )
        {
            using var inventory = program.OpenInventory();
            var network = await TwoNetworks.CreateNetworkAsync(inventory, "canary");
            var instance = (
                await inventory.Instances.CreateAsync(
                    new InstanceEntry { Name = "guest", UserData = Encoding.ASCII.GetBytes(UserData) }
                )
            ).Value!;
            var port = (
                await inventory.Ports.CreateAsync(new PortEntry { NetworkId = network.Id, DeviceId = instance.Id })
            ).Value!;
            using var signature = new InstanceSignature(Encoding.UTF8.GetBytes(Secret));
            valid = signature.Sign(instance.Id);
            var guest =
                $"X-Forwarded-For: {port.FixedIps!.Value[0].IpAddress}\r\nX-Neutron-Network-ID: {network.Id}\r\nAuthorization: {Token}\r\n";
            var agent = $"X-Instance-ID: {instance.Id}\r\nX-Tenant-ID: {instance.ProjectId}\r\n";
            EndPoint[] servers = [new UnixDomainSocketEndPoint(socket), new IPEndPoint(IPAddress.Loopback, _port)];

            // The secret is used for each of these: rightly, wrongly, and not at all.
            Assert.Equal(200, (await AskAsync(servers[0], "/openstack/latest/user_data", guest)).Status);
            foreach (
                var (server, headers) in (IEnumerable<(EndPoint, string)>)
                    [
                        (servers[0], guest + "X-Neutron-Router-ID: x\r\n"),
                        (servers[0], "X-Forwarded-For: 10.254.1.1\r\nX-Neutron-Network-ID: x\r\n"),
                        (servers[1], agent),
                        (
                            servers[1],
                            $"{agent}X-Instance-ID-Signature: {valid[..^1]}{(valid[^1] == '0' ? '1' : '0')}\r\n"
                        ),
                        (servers[1], $"{agent}X-Instance-ID-Signature: {Token}\r\n"),
                        (
                            servers[1],
                            $"X-Instance-ID: {instance.Id}\r\nX-Tenant-ID: x\r\nX-Instance-ID-Signature: {valid}\r\n"
                        ),
                    ]
            )
            {
                var answer = await AskAsync(server, "/latest/meta-data/", headers);
                Assert.InRange(answer.Status, 400, 499);
                Assert.DoesNotContain(valid, answer.Text, StringComparison.Ordinal);
                Assert.DoesNotContain(Secret, answer.Text, StringComparison.Ordinal);
            }
            Assert.Equal(0, await program.StopAsync());
            said = program.Said;
        }
        string[] canaries = [Secret, valid, UserData, Token];
        Assert.All(canaries, canary => Assert.DoesNotContain(canary, said, StringComparison.Ordinal));
        foreach (var file in Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories))
        {
            // These two hold it on purpose.
            var own =
                Path.GetFileName(file) is var name && name == "secret" ? Secret
                : name.StartsWith("inventory.db", StringComparison.Ordinal) ? UserData
                : "";
            var text = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file));
            Assert.All(
                canaries.Where(canary => canary != own),
                canary => Assert.False(text.Contains(canary, StringComparison.Ordinal), $"{canary} is in {file}")
            );
        }
    }

    static Task<Support.RawAnswer> AskAsync(EndPoint server, string path, string headers) =>
        Support.RawHttp.AskAsync(server, $"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n");
}
