using System.Reflection;
using System.Security.Cryptography;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Documents.Tests;

/// <summary>
/// OSSA-2014-024: how long a comparison with a secret takes must not tell how much of it was right. No clock shows that reliably, so the
/// compiled code is looked at: it compares with the one method that promises it, and with no other.
/// </summary>
public sealed class ConstantTimeTests
{
    [Fact]
    public void OSSA_2014_024_a_signature_is_compared_in_constant_time()
    {
        const BindingFlags All =
            BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        var valid = typeof(InstanceSignature).GetMethod(nameof(InstanceSignature.IsValid))!;
        Assert.Contains(
            Calls(valid),
            static call =>
                call.DeclaringType == typeof(CryptographicOperations)
                && call.Name == nameof(CryptographicOperations.FixedTimeEquals)
        );
        Assert.All(
            typeof(InstanceSignature)
                .GetMethods(All)
                .Where(static method => method.DeclaringType == typeof(InstanceSignature)),
            static method => Assert.DoesNotContain(Calls(method), IsComparison)
        );
    }

    static bool IsComparison(MethodBase call) =>
        call.DeclaringType != typeof(CryptographicOperations)
        && (
            call.Name.Contains("Equal", StringComparison.Ordinal)
            || call.Name.Contains("Compare", StringComparison.Ordinal)
            || call.Name.Contains("IndexOf", StringComparison.Ordinal)
            || call.Name.Contains("With", StringComparison.Ordinal)
        );

    /// <summary>What a method calls: each token of a method in its code, whichever instruction it stands in.</summary>
    static IEnumerable<MethodBase> Calls(MethodInfo method)
    {
        const byte Call = 0x28;
        const byte CallVirtual = 0x6f;
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var at = 0; at + 4 < code.Length; at++)
        {
            if (
                code[at] is Call or CallVirtual
                && Resolve(method.Module, BitConverter.ToInt32(code, at + 1)) is { } called
            )
            {
                yield return called;
            }
        }
    }

    static MethodBase? Resolve(Module module, int token)
    {
        try
        {
            return module.ResolveMethod(token);
        }
        catch (ArgumentException)
        {
            // Bytes of something else.
            return null;
        }
    }
}
