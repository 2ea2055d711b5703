// One bench a run; bench/run says which there are.
using Stackmeta.Bench.Figures;
using Stackmeta.Bench.Load;

var options = new Options(args[1..]);
Console.WriteLine($"{Machine.Describe()}\n");
switch (args[0])
{
    case "path":
        using (var bench = new PathBench(options))
        {
            bench.Run(Console.Out);
        }
        break;
    default:
        throw new ArgumentException($"There is no bench '{args[0]}'.");
}
