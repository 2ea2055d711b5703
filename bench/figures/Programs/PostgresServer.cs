using Stackmeta.Bench.Load;

namespace Stackmeta.Bench.Figures;

/// <summary>A PostgreSQL of the bench's own, as Debian sets it up, with an empty database.</summary>
sealed class PostgresServer : IDisposable
{
    const string Programs = "/usr/lib/postgresql/15/bin";

    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("stackmeta-bench-postgresql-");
    readonly RunningProgram _server;

    public PostgresServer(int port)
    {
        Shell.Run("chown", ["postgres:postgres", _folder.FullName]);
        var data = Path.Combine(_folder.FullName, "data");
        Shell.Run(
            "setpriv",
            AsPostgres("initdb", "-D", data, "-U", "bench", "-A", "trust", "-E", "UTF8", "--locale=C")
        );
        _server = RunningProgram.Start(
            "setpriv",
            AsPostgres("postgres", "-D", data, "-k", _folder.FullName, "-p", $"{port}", "-h", "127.0.0.1")
        );
        Url = $"postgresql://bench@127.0.0.1:{port}/bench";
        for (var tries = 0; ; tries++)
        {
            try
            {
                Shell.Run(
                    "setpriv",
                    AsPostgres("createdb", "-h", "127.0.0.1", "-p", $"{port}", "-U", "bench", "bench")
                );
                return;
            }
            catch (InvalidOperationException) when (tries < 100)
            {
                Task.Delay(100).GetAwaiter().GetResult();
            }
        }
    }

    public string Url { get; }

    public ProcessGroup Group => _server.Group("PostgreSQL");

    static IEnumerable<string> AsPostgres(string program, params string[] arguments) =>
        ["--reuid", "postgres", "--regid", "postgres", "--clear-groups", Path.Combine(Programs, program), .. arguments];

    public void Dispose()
    {
        _server.Dispose();
        _folder.Delete(recursive: true);
    }
}
