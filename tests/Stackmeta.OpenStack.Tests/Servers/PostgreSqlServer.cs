using System.Diagnostics;
using Npgsql;

namespace Stackmeta.OpenStack.Tests;

/// <summary>A PostgreSQL of the test's own: data, socket and port in a temporary folder, gone with the test.</summary>
public sealed class PostgreSqlServer : IAsyncLifetime
{
    public const string User = "nova";
    public const string Password = "p@ss/w:rd";

    readonly string _folder = Directory.CreateTempSubdirectory("stackmeta-postgresql-").FullName;
    Process? _server;

    public int Port { get; } = TestProcess.FreePort();

    /// <summary>Why tests that need the server cannot run; null when they can.</summary>
    public static string? Missing =>
        TestProcess.Find("initdb") is null ? "PostgreSQL is not installed (postgresql-15)" : null;

    /// <summary>An SQLAlchemy URL for a database on this server.</summary>
    public string Url(string database, string user = User) =>
        $"postgresql+psycopg2://{user}:{Uri.EscapeDataString(Password)}@127.0.0.1:{Port}/{database}";

    public string AdminConnectionString(string database = "postgres") =>
        $"Host={_folder};Port={Port};Username=admin;Database={database};Pooling=false";

    public async ValueTask InitializeAsync()
    {
        if (Missing is not null)
        {
            return;
        }
        if (Environment.UserName == "root")
        {
            await TestProcess.RunAsync("chown", ["-R", "postgres:postgres", _folder]);
        }
        var (program, arguments) = TestProcess.As(
            "postgres",
            TestProcess.Find("initdb")!,
            "-D",
            $"{_folder}/data",
            "-U",
            "admin",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "-N"
        );
        await TestProcess.RunAsync(program, arguments);
        await StartAsync();
        await ExecuteAsync(
            "postgres",
            $"CREATE ROLE {User} LOGIN PASSWORD '{Password}'; CREATE ROLE reader LOGIN PASSWORD '{Password}'"
        );
    }

    /// <summary>A hot standby of another one, from which it streams; it can be read, and written once it is promoted.</summary>
    public static async Task<PostgreSqlServer> StartStandbyAsync(PostgreSqlServer primary)
    {
        var standby = new PostgreSqlServer();
        if (Environment.UserName == "root")
        {
            await TestProcess.RunAsync("chown", ["-R", "postgres:postgres", standby._folder]);
        }
        var (program, arguments) = TestProcess.As(
            "postgres",
            TestProcess.Find("pg_basebackup")!,
            "-D",
            $"{standby._folder}/data",
            "-h",
            primary._folder,
            "-p",
            $"{primary.Port}",
            "-U",
            "admin",
            "--write-recovery-conf",
            "--checkpoint=fast",
            "--no-sync"
        );
        await TestProcess.RunAsync(program, arguments);
        await standby.StartAsync();
        return standby;
    }

    /// <summary>Makes a standby a primary; returns when it can be written.</summary>
    public Task PromoteAsync() => ExecuteAsync("postgres", "SELECT pg_promote()");

    /// <summary>Waits until a standby has all that its primary has written.</summary>
    public async Task CatchUpAsync(PostgreSqlServer primary)
    {
        var written = await primary.ScalarAsync("postgres", "SELECT pg_current_wal_lsn()::text");
        await TestProcess.UntilAsync(
            async () => await ScalarAsync("postgres", $"SELECT pg_last_wal_replay_lsn() >= '{written}'") is true,
            "The standby"
        );
    }

    public async Task StartAsync()
    {
        var (program, arguments) = TestProcess.As(
            "postgres",
            TestProcess.Find("postgres")!,
            "-D",
            $"{_folder}/data",
            "-k",
            _folder,
            "-p",
            $"{Port}",
            "-h",
            "127.0.0.1",
            "-c",
            "fsync=off",
            "-c",
            "shared_buffers=16MB"
        );
        _server = TestProcess.Start(program, arguments);
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

    public async Task KillAsync()
    {
        _server!.Kill(entireProcessTree: true);
        await _server.WaitForExitAsync();
    }

    public async Task ExecuteAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(AdminConnectionString(database));
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    public async Task<object?> ScalarAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(AdminConnectionString(database));
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync();
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
}
