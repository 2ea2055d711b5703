using Stackmeta.Bench.Load;

namespace Stackmeta.Bench.Figures;

/// <summary>One of those that are compared.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Groups">The processes whose time counts.</param>
/// <param name="Plan">Who asks what; made anew for each run.</param>
/// <param name="Askers">How many ask at once.</param>
/// <param name="Keep">Whether connections are kept.</param>
sealed record Contender(string Name, IReadOnlyList<ProcessGroup> Groups, Func<IPlan> Plan, int Askers, bool Keep);

/// <summary>Runs contenders in turns, so that whatever else the machine does disturbs all of them alike.</summary>
sealed class Tournament(int rounds, TimeSpan length)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    public string Describe() => $"{rounds} interleaved runs of {length.TotalSeconds:0.#} s each; median (least–most)";

    /// <summary>Runs all and returns what each came to, in their order.</summary>
    public IReadOnlyList<Standing> Run(IReadOnlyList<Contender> contenders)
    {
        var runs = contenders.Select(_ => new List<OneRun>()).ToArray();
        foreach (var contender in contenders)
        {
            // Warm: caches, connections of the hops among themselves, compiled code.
            Load(contender, TimeSpan.FromSeconds(Math.Min(2, length.TotalSeconds)));
        }
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < contenders.Count; i++)
            {
                runs[i].Add(RunOnce(contenders[i]));
                Console.Error.Write('.');
            }
        }
        Console.Error.WriteLine();
        return [.. contenders.Select((contender, i) => new Standing(contender, runs[i]))];
    }

    OneRun RunOnce(Contender contender)
    {
        var before = contender.Groups.Select(group => group.CpuTime()).ToArray();
        var result = Load(contender, length);
        var cpu = contender.Groups.Select((group, i) => (group.CpuTime() - before[i]).TotalMicroseconds).ToArray();
        return new(result, [.. cpu.Select(time => time / Math.Max(1, result.Answers))]);
    }

    static LoadResult Load(Contender contender, TimeSpan length) =>
        LoadRun.Run(contender.Plan(), contender.Askers, contender.Keep, length, Patience);
}

/// <summary>One run of one contender.</summary>
/// <param name="Load">What the askers saw.</param>
/// <param name="Cpu">Microseconds an answer, of each group.</param>
sealed record OneRun(LoadResult Load, double[] Cpu);

/// <summary>All runs of a contender.</summary>
sealed record Standing(Contender Contender, IReadOnlyList<OneRun> Runs)
{
    public Spread PerSecond => Spread.Of(Runs.Select(run => run.Load.PerSecond));

    public Spread P50 => Spread.Of(Runs.Select(run => run.Load.Percentile(0.5)));

    public Spread P99 => Spread.Of(Runs.Select(run => run.Load.Percentile(0.99)));

    /// <summary>Of all its processes.</summary>
    public Spread Cpu => Spread.Of(Runs.Select(run => run.Cpu.Sum()));

    public int Errors => Runs.Sum(run => run.Load.Errors);

    public string? FirstError => Runs.Select(run => run.Load.FirstError).FirstOrDefault(error => error is not null);

    /// <summary>Which of its processes used how much.</summary>
    public string CpuByGroup =>
        ByGroup(Contender.Groups.Select((group, i) => (group.Name, Spread.Of(Runs.Select(run => run.Cpu[i])).Median)));

    /// <summary>Microseconds by process group, those that did nothing left out; nothing where there is only one.</summary>
    public static string ByGroup(IEnumerable<(string Name, double Microseconds)> groups)
    {
        var worked = groups.Where(group => group.Microseconds >= 0.5).ToList();
        return worked.Count < 2
            ? ""
            : string.Join(", ", worked.Select(group => $"{group.Name} {Spread.Text(group.Microseconds)}"));
    }

    /// <summary>The table of some contenders; ratios of CPU to the first.</summary>
    public static string Table(IReadOnlyList<Standing> standings)
    {
        var table = new MarkdownTable(
            "",
            "answers/s",
            "p50 ms",
            "p99 ms",
            "CPU µs an answer",
            "CPU, times the first",
            "of which",
            "errors"
        );
        foreach (var standing in standings)
        {
            table.Add(
                standing.Contender.Name,
                standing.PerSecond.ToString(),
                standing.P50.ToString(),
                standing.P99.ToString(),
                standing.Cpu.ToString(),
                Spread.Text(standing.Cpu.Median / standings[0].Cpu.Median),
                standing.CpuByGroup,
                standing.Errors == 0 ? "0" : $"{standing.Errors}: {standing.FirstError}"
            );
        }
        return table.ToString();
    }
}
