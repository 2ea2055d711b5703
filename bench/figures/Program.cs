// One bench a run; bench/run says which there are.
using Stackmeta.Bench.Figures;
using Stackmeta.Bench.Load;

try
{
    var options = new Options(args[1..]);
    Console.WriteLine($"{Machine.Describe()}\n");
    using IBench bench = args[0] switch
    {
        "api" => new ApiBench(options),
        "edge" => new EdgeBench(options),
        "memory" => new MemoryBench(options),
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
