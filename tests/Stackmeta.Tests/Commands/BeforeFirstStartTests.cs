using System.Net.Sockets;

namespace Stackmeta.Tests;

/// <summary>What works before <c>up</c> ever ran: the store is enough.</summary>
public sealed class BeforeFirstStartTests : IDisposable
{
    const string Nowhere = "api.listen=127.0.0.1:1";

    readonly InventoryCommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Theory]
    [InlineData("/latest/meta-data/hostname", "web.novalocal")]
    [InlineData("/openstack/latest/user_data", "#!/bin/sh\n")]
    public async Task What_an_api_would_answer_is_got_from_the_store(string path, string expected)
    {
        var data = _line.File("data", "#!/bin/sh\n");
        await _line.DoneAsync("instance", "create", "web", "--user-data", data);
        foreach (var listen in (string[])[Nowhere, "api.listen="])
        {
            var (code, output, error) = await _line.RunAsync("get", "web", path, "--set", listen);
            Assert.Equal((0, expected), (code, output));
            Assert.StartsWith("No metadata API runs ", error, StringComparison.Ordinal);
        }
        Assert.False(File.Exists(Path.Combine(_line.Folder, "secret")));
    }

    [Fact]
    public async Task What_it_would_refuse_is_refused()
    {
        await _line.DoneAsync("instance", "create", "web");
        var (code, output, error) = await _line.RunAsync("get", "web", "/nope", "--set", Nowhere);
        Assert.Equal((ExitCodes.Failed, ""), (code, output));
        Assert.Contains(" answers 404 Not Found to /nope of ", error);
    }

    [Fact]
    public async Task Who_names_an_api_means_that_one()
    {
        await _line.DoneAsync("instance", "create", "web");
        await _line.DoneAsync("sign", "web");
        var said = await _line.RefusedAsync(ExitCodes.Failed, "get", "web", "--api", "http://127.0.0.1:1");
        Assert.Contains("The metadata API http://127.0.0.1:1/ cannot be asked", said);
    }

    [Fact]
    public async Task The_first_signature_makes_the_secret_that_a_start_takes()
    {
        await _line.RefusedAsync(ExitCodes.Usage, "sign", Guid.NewGuid().ToString());
        Assert.Contains("There is no inventory in ", await _line.RefusedAsync(ExitCodes.Failed, "sign", "web"));
        var id = (await _line.JsonAsync("instance", "create", "web")).GetProperty("id").GetString()!;
        var signature = await _line.DoneAsync("sign", "web");
        var secret = SharedSecret.ReadOrMake(Path.Combine(_line.Folder, "secret"));
        Assert.Equal(SignCommand.Of(secret, id) + "\n", signature);
    }

    [Fact]
    public async Task A_dead_process_is_named()
    {
        await _line.DoneAsync("network", "create", "lab");
        Leave("admin.sock");
        Leave("admin-edge.sock");
        var (code, output, _) = await _line.RunAsync("status");
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains($"DEAD  {_line.Folder}/run/admin-edge.sock\n  - process: 'edge' is dead: it ended", output);
        Assert.Contains("'up' is dead", output);
        (_, output, _) = await _line.RunAsync("status", "-o", "json");
        Assert.Contains("\"alive\": false", output);
        Assert.Contains("'edge' is dead", await _line.RefusedAsync(ExitCodes.Failed, "refusals"));
        output = await _line.DoneAsync("down");
        Assert.Contains("'edge' was dead: it had ended without a stop. What it left is removed.\n", output);
        Assert.Contains("'up' was dead", output);
        Assert.Equal("", await _line.DoneAsync("down"));
        Assert.Contains("No running stackmeta answers", await _line.RefusedAsync(ExitCodes.Failed, "status"));
    }

    /// <summary>As a process that is killed leaves it.</summary>
    void Leave(string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_line.Folder, "run"));
        var path = Path.Combine(folder.FullName, name);
        var beside = path + ".new";
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            socket.Bind(new UnixDomainSocketEndPoint(beside));
            // A socket that .NET closes is removed by the name that it was bound to.
            File.Move(beside, path);
        }
    }
}
