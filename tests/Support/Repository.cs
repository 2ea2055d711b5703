namespace Stackmeta.Tests.Support;

/// <summary>The folder of the checkout that the tests were built in.</summary>
public static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "Stackmeta.slnx"))
            ? folder
            : Find(
                Path.GetDirectoryName(folder)
                    ?? throw new InvalidOperationException("The tests run outside of a checkout.")
            );
}
