using Stackmeta.Bench.Load;

namespace Stackmeta.Bench.Figures;

/// <summary>Two builds of the program beside each other, in turns: what a change costs, on a machine that does other things too.</summary>
sealed class CompareBench(Options options) : IBench
{
    const int Askers = 16;

    readonly Stack<IDisposable> _owned = new();

    public void Run(TextWriter output)
    {
        string[] builds = [options.Text("old"), options.Text("new")];
        var networks = new NetworkRange(0, builds.Length);
        var guests = BenchGuest.Many(builds.Length, networks);
        var contenders = builds.Select((build, number) => Start(build, number, guests[number])).ToList();
        // Behind the bridges that the builds have made.
        var side = Own(new GuestSide(networks, guests));
        foreach (var keep in (bool[])[true, false])
        {
            var tournament = new Tournament(options.Rounds, options.Length);
            var standings = tournament.Run([
                .. contenders
                    .SelectMany(contender => contender.AsContenders(side, keep))
                    .OrderBy(static one => one.Name),
            ]);
            output.WriteLine($"{(keep ? "Kept" : "New")} connections; {Askers} at once; {tournament.Describe()}\n");
            output.WriteLine(Ratios(standings));
        }
    }

    Build Start(string program, int number, BenchGuest guest)
    {
        var data = Own(new StackmetaData([guest], new NetworkRange(guest.Network, 1), program));
        var port = 18775 + (10 * number);
        var up = Own(data.Start("up", [$"api.listen=127.0.0.1:{port}", "log.level=warning", .. options.Settings]));
        var three = Own(new ThreeProcesses(program, data, guest.Network, port + 1));
        return new(number == 0 ? "old" : "new", guest, up, three);
    }

    /// <summary>Each of the new build against the same of the old, round by round.</summary>
    static MarkdownTable Ratios(IReadOnlyList<Standing> standings)
    {
        var table = new MarkdownTable(
            "",
            "CPU µs an answer, old",
            "new",
            "new : old",
            "of which, old",
            "new",
            "answers/s, old",
            "new",
            "new : old",
            "errors"
        );
        foreach (var pair in standings.GroupBy(static one => one.Contender.Name.Split(", ", 2)[1]))
        {
            var (old, @new) = (pair.Single(IsOld), pair.Single(static one => !IsOld(one)));
            table.Add(
                pair.Key,
                old.Cpu.ToString(),
                @new.Cpu.ToString(),
                Ratio(old, @new, static run => run.Cpu.Sum()).ToString(),
                old.CpuByGroup,
                @new.CpuByGroup,
                old.PerSecond.ToString(),
                @new.PerSecond.ToString(),
                Ratio(old, @new, static run => run.Load.PerSecond).ToString(),
                old.Errors + @new.Errors == 0
                    ? "0"
                    : $"{old.Errors} and {@new.Errors}: {old.FirstError ?? @new.FirstError}"
            );
        }
        return table;
    }

    static bool IsOld(Standing standing) => standing.Contender.Name.StartsWith("old", StringComparison.Ordinal);

    static Spread Ratio(Standing old, Standing @new, Func<OneRun, double> value) =>
        Spread.Of(old.Runs.Zip(@new.Runs, (before, after) => value(after) / value(before)));

    T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Push(owned);
        return owned;
    }

    public void Dispose()
    {
        while (_owned.TryPop(out var owned))
        {
            owned.Dispose();
        }
    }

    sealed record Build(string Name, BenchGuest Guest, RunningProgram Up, ThreeProcesses Three)
    {
        public IEnumerable<Contender> AsContenders(GuestSide side, bool keep) =>
            [
                Of("one process", [Up.Group("stackmeta")], side, 80, keep),
                Of("three processes: edge, agent, API", Three.Groups, side, ThreeProcesses.Port, keep),
            ];

        Contender Of(string what, IReadOnlyList<ProcessGroup> groups, GuestSide side, int port, bool keep)
        {
            PathBench.WaitFor(PathBench.PlaceOf(side, Guest, port));
            var requests = GuestRequests.MetaData().Learn(PathBench.PlaceOf(side, Guest, port), Guest.Values);
            var questions = PathBench.Questions(side, [Guest], port, requests);
            return new(
                $"{Name}, {what}",
                groups,
                () => keep ? new OwnQuestion(questions) : new RoundRobin(questions),
                Askers,
                keep
            );
        }
    }
}
