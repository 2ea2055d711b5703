using System.Diagnostics;
using Npgsql;
using Stackmeta.OpenStack.Tests;

namespace Stackmeta.Inventory.Tests;

/// <summary>A PostgreSQL of the tests' own: data, socket and port in a temporary folder, gone with it.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    public const string Role = "stackmeta";
    public const string Password = "p@ss/w:rd";

    readonly string _folder;
    Process? _server;

    PostgresServer(string folder) => _folder = folder;

    public int Port { get; } = TestProcess.FreePort();

    /// <summary>Why tests that need a server cannot run; null when they can.</summary>
    public static string? Missing =>
        TestProcess.Find("initdb") is null ? "PostgreSQL is not installed (postgresql-15)" : null;

    /// <summary>Starts a server with an empty cluster and the role that owns inventories.</summary>
    public static async Task<PostgresServer> StartAsync()
    {
        var server = await MakeAsync();
        await RunAsync("initdb", "-D", server.Data, "-U", "admin", "-A", "trust", "-E", "UTF8", "--locale=C", "-N");
        // Over TCP the role must prove itself.
        await File.WriteAllTextAsync(
            Path.Combine(server.Data, "pg_hba.conf"),
            $"local all all trust\nhost all {Role} 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\nhost replication all 127.0.0.1/32 trust\n"
        );
        await server.RunAsync();
        await server.ExecuteAsync("postgres", $"CREATE ROLE {Role} LOGIN PASSWORD '{Password}'");
        return server;
    }

    /// <summary>Starts a standby that streams from this server.</summary>
    public async Task<PostgresServer> StartStandbyAsync()
    {
        var standby = await MakeAsync();
        await RunAsync(
            "pg_basebackup",
            "-d",
            $"host=127.0.0.1 port={Port} user=admin",
            "-D",
            standby.Data,
            "-R",
            "-X",
            "stream",
            "--checkpoint=fast"
        );
        await standby.RunAsync();
        return standby;
    }

    public string Url(string database, string user = Role, string? password = null) =>
        $"postgresql://{user}:{Uri.EscapeDataString(password ?? Password)}@127.0.0.1:{Port}/{database}";

    /// <summary>For inventories: this server and its standby, whichever is the primary.</summary>
    public string Url(string database, PostgresServer standby) =>
        Url(database).Replace($":{Port}/", $":{Port},127.0.0.1:{standby.Port}/", StringComparison.Ordinal);

    public async Task<object?> ExecuteAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(
            $"Host={_folder};Port={Port};Username=admin;Database={database};Pooling=false"
        );
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Makes a standby the primary, and returns when it takes changes.</summary>
    public async Task PromoteAsync() => await ExecuteAsync("postgres", "SELECT pg_promote(true, 60)");

    /// <summary>As a power cut: no process of the server gets to say anything.</summary>
    public async Task KillAsync()
    {
        _server!.Kill(entireProcessTree: true);
        await _server.WaitForExitAsync();
    }

    /// <summary>Starts the server again, or for the first time.</summary>
    public async Task RunAsync()
    {
        var (program, arguments) = TestProcess.As(
            "postgres",
            TestProcess.Find("postgres")!,
            "-D",
            Data,
            "-k",
            _folder,
            "-p",
            $"{Port}",
            "-h",
            "127.0.0.1",
            "-c",
            "fsync=off",
            "-c",
            "shared_buffers=32MB",
            "-c",
            "max_connections=200"
        );
        _server = TestProcess.Start(program, arguments);
        // Nobody reads what it says; a full pipe would stop it.
        _server.BeginOutputReadLine();
        _server.BeginErrorReadLine();
        await TestProcess.UntilAsync(
            async () =>
            {
                try
                {
                    await ExecuteAsync("postgres", "SELECT 1");
                    return true;
                }
                catch (NpgsqlException) when (!_server.HasExited)
                {
                    return false;
                }
            },
            "PostgreSQL"
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await KillAsync();
            _server.Dispose();
        }
        Directory.Delete(_folder, recursive: true);
    }

    string Data => Path.Combine(_folder, "data");

    static async Task<PostgresServer> MakeAsync()
    {
        var folder = Directory.CreateTempSubdirectory("stackmeta-postgresql-").FullName;
        if (Environment.UserName == "root")
        {
            await TestProcess.RunAsync("chown", ["postgres:postgres", folder]);
        }
        return new PostgresServer(folder);
    }

    static async Task RunAsync(string program, params string[] arguments)
    {
        var (launched, all) = TestProcess.As("postgres", TestProcess.Find(program)!, arguments);
        await TestProcess.RunAsync(launched, all);
    }
}
