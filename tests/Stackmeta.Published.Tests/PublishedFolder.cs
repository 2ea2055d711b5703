namespace Stackmeta.Published.Tests;

/// <summary>The folder that <c>./stackmeta publish</c> made; <c>./test native</c> names its program in TESTED_PROGRAM.</summary>
static class PublishedFolder
{
    public static string Program { get; } =
        Environment.GetEnvironmentVariable("TESTED_PROGRAM")
        ?? throw new InvalidOperationException("TESTED_PROGRAM names no program: run these tests by ./test native.");

    public static string Path { get; } = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Program))!;
}
