using Stackmeta.Bench.Load;

namespace Stackmeta.Bench.Scale;

/// <summary>The tables of docs/scale.md.</summary>
sealed class Tables(Measured measured)
{
    static readonly double[] Windows = [60, 300, 900];

    /// <summary>What is kept when nothing happens, and what guests that ask now and then cost.</summary>
    public MarkdownTable AtRest()
    {
        var table = new MarkdownTable(
            "",
            "hosts",
            "guests",
            "MiB of a host's program",
            "GiB of all programs",
            "requests/s",
            "records loaded/s",
            "busy database cores"
        );
        foreach (var size in Size.All)
        {
            var mebibytes =
                measured.ProgramMebibytes
                + (
                    (
                        (Size.NetworksOfAHost * measured.NetworkKibibytes)
                        + (Size.GuestsOfAHost * measured.InstanceKibibytes)
                    ) / 1024
                );
            // Asked so rarely that each request finds nothing kept.
            var requests = size.Guests / measured.SecondsBetweenRequests;
            table.Add(
                size.Name,
                $"{size.Hosts:#,0}",
                $"{size.Guests:#,0}",
                Spread.Text(mebibytes),
                Spread.Text(mebibytes * size.Hosts / 1024),
                Spread.Text(requests),
                Spread.Text(requests),
                Spread.Text(requests * (measured.DatabaseCpuOfALoad + measured.DatabaseCpuOfAPort) / 1e6)
            );
        }
        return table;
    }

    /// <summary>All guests boot: what each part must bear so that no guest waits longer than it may.</summary>
    public MarkdownTable AllBoot()
    {
        var table = new MarkdownTable(
            "",
            "all within",
            "requests/s",
            "busy cores of a host's program",
            "cold records in the worst second",
            "cores of each cell's database",
            "cores of Nova's API database",
            "cores of Neutron's database",
            "OpenStack's own services, cores"
        );
        foreach (var size in Size.All)
        {
            foreach (var window in Windows)
            {
                var first = BootWave.FirstRequests(size, window);
                var ofACell = BootWave.FirstRequests(new(size.Name, size.Hosts / size.Cells, 1), window);
                var requests = (double)size.Guests * measured.RequestsOfABoot / window;
                table.Add(
                    size.Name,
                    $"{window / 60:0} min",
                    Spread.Text(requests),
                    Spread.Text(
                        Size.GuestsOfAHost
                            * measured.RequestsOfABoot
                            * measured.CpuOfARequest
                            / 1e6
                            // A host's own guests come within its 30 seconds, however long the wave is.
                            / 30
                    ),
                    $"{BootWave.MostInASecond(first):#,0}",
                    Cores(ofACell, measured.DatabaseCpuOfALoad * (1 - measured.ShareOfTheApiDatabase)),
                    Cores(first, measured.DatabaseCpuOfALoad * measured.ShareOfTheApiDatabase),
                    Cores(first, measured.DatabaseCpuOfAPort),
                    Spread.Text(requests * measured.OpenStackCpuOfARequest / 1e6)
                );
            }
        }
        return table;
    }

    /// <summary>How many connections databases see, by where the API runs.</summary>
    public MarkdownTable Connections()
    {
        var table = new MarkdownTable(
            "",
            "API in each host's program: connections to a cell's database",
            "… to Nova's API database",
            "API servers of each cell, busy in a wave of 5 min",
            "connections to a cell's database from them",
            "… to Nova's API database"
        );
        foreach (var size in Size.All)
        {
            var hostsOfACell = size.Hosts / size.Cells;
            var requestsOfACell = (double)hostsOfACell * Size.GuestsOfAHost * measured.RequestsOfABoot / 300;
            // Two cores each and half of them busy, so that one may fail.
            var servers = Math.Max(2, (int)Math.Ceiling(requestsOfACell * measured.CpuOfARequest / 1e6 / 1));
            table.Add(
                size.Name,
                $"{hostsOfACell:#,0}",
                $"{size.Hosts:#,0}",
                $"{servers}",
                $"{servers * ConnectionsOfAServer:#,0}",
                $"{servers * size.Cells * ConnectionsOfAServer:#,0}"
            );
        }
        return table;
    }

    /// <summary>Connections of an API server to one database in a wave: its pool's limit is larger.</summary>
    const int ConnectionsOfAServer = 8;

    string Cores(ReadOnlySpan<float> arrivals, double microseconds) =>
        $"{Station.FewestCores(arrivals, microseconds / 1e6, measured.Patience / 2):#,0}";
}
