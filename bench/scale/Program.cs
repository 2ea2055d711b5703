// dotnet run -c Release --project bench/scale: prints the tables of docs/scale.md.
using Stackmeta.Bench.Scale;

var tables = new Tables(new Measured());
Console.WriteLine($"### At rest\n\n{tables.AtRest()}");
Console.WriteLine($"### All guests boot\n\n{tables.AllBoot()}");
Console.WriteLine($"### Connections\n\n{tables.Connections()}");
