// One bench a run; bench/run says which there are.
using System.Globalization;
using Stackmeta.Bench.Figures;
using Stackmeta.Bench.Load;

if (args is [GreedyGuest.Name, var port, var seconds])
{
    GreedyGuest.Run(
        int.Parse(port, CultureInfo.InvariantCulture),
        TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture))
    );
    return 0;
}
try
{
    var options = new Options(args[1..]);
    Console.WriteLine($"{Machine.Describe()}\n");
    using IBench bench = args[0] switch
    {
        "api" => new ApiBench(options),
        "compare" => new CompareBench(options),
        "edge" => new EdgeBench(options),
        "memory" => new MemoryBench(options),
        "neighbours" => new NeighbourBench(options),
        "path" => new PathBench(options),
        "shared" => new SharedBench(options),
        "storm" => new StormBench(options),
        _ => throw new ArgumentException($"There is no bench '{args[0]}'."),
    };
    bench.Run(Console.Out);
    return 0;
}
// Caught, so that what was started is ended on the way here.
catch (Exception e)
{
    Console.Error.WriteLine(e);
    return 1;
}
