// Makes the same config drive in several ways, in turns in one run, and prints medians and ratios.
//   dotnet run -c Release --project bench/config-drive [ROUNDS]
// Needs genisoimage, dosfstools and mtools.
using Stackmeta.Bench.ConfigDrive;

var rounds = args.Length > 0 ? int.Parse(args[0]) : 21;
using var workshop = new Workshop();
Contender[] contenders =
[
    new("iso9660", "genisoimage as Nova calls it: tree, tool, tree removed", workshop.NovaIso),
    new("iso9660", "genisoimage alone, on a tree that is there", workshop.Genisoimage),
    new("iso9660", "ours into a file", workshop.OursIso),
    new("iso9660", "ours into a file, synced and renamed", workshop.OursIsoSynced),
    new("iso9660", "ours into memory", workshop.OursIsoMemory),
    new("vfat", "mkfs.vfat and mcopy", workshop.MkfsAndMcopy),
    new("vfat", "mkfs.vfat alone, an empty volume", workshop.Mkfs),
    new("vfat", "ours into a file", workshop.OursVfat),
    new("vfat", "ours into a file, synced and renamed", workshop.OursVfatSynced),
];

// One round for the compiler and the page cache.
foreach (var contender in contenders)
{
    workshop.Clear();
    await contender.RunAsync();
    contender.Forget();
}
for (var round = 0; round < rounds; round++)
{
    foreach (var contender in contenders)
    {
        workshop.Clear();
        await contender.RunAsync();
    }
}

Console.WriteLine($"{workshop.FileCount} files, {workshop.Bytes} bytes; {rounds} rounds, in turns; milliseconds");
Console.WriteLine();
Console.WriteLine($"{"format", -8} {"way", -56} {"median", 9} {"least", 9} {"most", 9} {"ratio", 8}");
foreach (var group in contenders.GroupBy(contender => contender.Format))
{
    var reference = group.First().Median;
    foreach (var contender in group)
    {
        Console.WriteLine(
            $"{contender.Format, -8} {contender.Way, -56} {contender.Median, 9:F3} {contender.Least, 9:F3} {contender.Most, 9:F3} {reference / contender.Median, 8:F1}"
        );
    }
}
