using System.Diagnostics;
using System.IO.Compression;
using MySqlConnector;

namespace Stackmeta.OpenStack.Tests;

/// <summary>A MariaDB of the test's own: data, socket and port in a temporary folder, gone with the test.</summary>
public sealed class MariaDbServer : IAsyncLifetime
{
    public const string User = "nova";
    public const string Password = "p@ss/w:rd";

    readonly string _folder = Directory.CreateTempSubdirectory("stackmeta-mariadb-").FullName;
    Process? _server;

    public int Port { get; } = TestProcess.FreePort();

    /// <summary>Why tests that need the server cannot run; null when they can.</summary>
    public static string? Missing =>
        TestProcess.Find("mariadbd") is null || TestProcess.Find("mariadb-install-db") is null
            ? "MariaDB is not installed (mariadb-server)"
            : null;

    /// <summary>Where the administrator connects, without a password.</summary>
    public string Socket => Path.Combine(_folder, "sock");

    public int ProcessId => _server!.Id;

    /// <summary>An SQLAlchemy URL for a database on this server.</summary>
    public string Url(string database, string user = User, string scheme = "mysql+pymysql") =>
        $"{scheme}://{user}:{Uri.EscapeDataString(Password)}@127.0.0.1:{Port}/{database}?charset=utf8";

    public string AdminConnectionString(string database = "") =>
        $"Server={Socket};ConnectionProtocol=unix;User=root;Database={database};Pooling=false;AllowUserVariables=true";

    public async ValueTask InitializeAsync()
    {
        if (Missing is not null)
        {
            return;
        }
        var (user, group) = Environment.UserName == "root" ? ("mysql", "mysql") : (Environment.UserName, "");
        if (group.Length > 0)
        {
            await TestProcess.RunAsync("chown", ["-R", $"{user}:{group}", _folder]);
        }
        await TestProcess.RunAsync(
            TestProcess.Find("mariadb-install-db")!,
            [
                "--no-defaults",
                $"--user={user}",
                $"--datadir={_folder}/data",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
            ]
        );
        await StartAsync();
        await ExecuteAsync(
            "",
            $"CREATE USER '{User}'@'127.0.0.1' IDENTIFIED BY '{Password}'; GRANT ALL ON *.* TO '{User}'@'127.0.0.1';"
                + $"CREATE USER 'reader'@'127.0.0.1' IDENTIFIED BY '{Password}'; GRANT SELECT ON *.* TO 'reader'@'127.0.0.1';"
        );
    }

    /// <summary>Starts the server again on the same data and port.</summary>
    public async Task StartAsync()
    {
        var user = Environment.UserName == "root" ? "mysql" : Environment.UserName;
        _server = TestProcess.Start(
            TestProcess.Find("mariadbd")!,
            [
                "--no-defaults",
                $"--user={user}",
                $"--datadir={_folder}/data",
                $"--socket={Socket}",
                $"--pid-file={_folder}/pid",
                "--bind-address=127.0.0.1",
                $"--port={Port}",
                "--skip-name-resolve",
                "--character-set-server=utf8mb3",
                "--innodb-buffer-pool-size=32M",
                // What is committed outlives the process, which some tests kill.
                "--innodb-flush-log-at-trx-commit=2",
                // Nothing here must outlive the machine.
                "--innodb-flush-method=nosync",
                "--innodb-log-file-size=8M",
            ]
        );
        await TestProcess.UntilAsync(
            async () =>
            {
                try
                {
                    await ExecuteAsync("", "SELECT 1");
                    return true;
                }
                catch (MySqlException) when (!_server.HasExited)
                {
                    return false;
                }
            },
            "MariaDB"
        );
    }

    /// <summary>Ends the server as a crash would: connections break, nothing is said.</summary>
    public async Task KillAsync()
    {
        _server!.Kill();
        await _server.WaitForExitAsync();
    }

    /// <summary>Makes a database of a recorded dump, replacing one of the same name.</summary>
    public async Task LoadAsync(string database, string dump)
    {
        await ExecuteAsync("", $"DROP DATABASE IF EXISTS {database}; CREATE DATABASE {database} CHARACTER SET utf8mb3");
        await using var file = File.OpenRead(dump);
        await using var text = new GZipStream(file, CompressionMode.Decompress);
        await TestProcess.RunAsync(
            TestProcess.Find("mariadb")!,
            ["--no-defaults", $"--socket={Socket}", "-uroot", "--init-command=SET FOREIGN_KEY_CHECKS=0", database],
            text
        );
    }

    public async Task ExecuteAsync(string database, string sql)
    {
        await using var connection = new MySqlConnection(AdminConnectionString(database));
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    public async Task<object?> ScalarAsync(string database, string sql)
    {
        await using var connection = new MySqlConnection(AdminConnectionString(database));
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
