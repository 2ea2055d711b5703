using System.Text;

namespace Stackmeta.Tests;

/// <summary>Arguments and settings in the environment that are not UTF-8. A character of the texts is a byte.</summary>
public sealed class ProcessTextTests
{
    [Theory]
    [InlineData("stackmeta\0network\0create\0gr\u00c3\u00b6\u00c3\u009fe\0", "PATH=/\u00ff\0STACKMETA_HOST=a\0", null)]
    [InlineData("stackmeta\0network\0create\0\u00ff\0", "", "Argument 3 holds a byte that is not UTF-8.")]
    [InlineData("stackmeta\0\u00ed\u00a0\u0080\0", "", "Argument 1 holds a byte that is not UTF-8.")]
    [InlineData(
        "stackmeta\0",
        "STACKMETA_DATA=/srv/\u00e4\0",
        "environment STACKMETA_DATA: The value holds a byte that is not UTF-8."
    )]
    [InlineData("", "STACKMETA_\u00ff", "environment : The value holds a byte that is not UTF-8.")]
    public void Are_named(string arguments, string environment, string? fault) =>
        Assert.Equal(
            fault,
            ProcessText.FindFault(Encoding.Latin1.GetBytes(arguments), Encoding.Latin1.GetBytes(environment))
        );
}
